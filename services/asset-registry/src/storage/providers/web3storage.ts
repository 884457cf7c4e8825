import { retiredService } from './retired-service.ts';

/** web3.storage: `api.web3.storage` gave way to w3up, which speaks UCAN. */
export const web3storage = retiredService('web3storage');
