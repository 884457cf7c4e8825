import { retiredService } from './retired-service.ts';

/** NFT.Storage: uploads ended on 2024-06-30. */
export const nftstorage = retiredService('nftstorage');
