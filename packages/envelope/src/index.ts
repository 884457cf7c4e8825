export { envelopePrefix, openEnvelope, rewrapEnvelope, sealEnvelope } from './envelope.ts';
export { decodeMasterKey, decodeMasterKeys, masterKeyForm, masterKeys, type MasterKeys } from './master-keys.ts';
