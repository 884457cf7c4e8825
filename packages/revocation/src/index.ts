export { denyKey, readyKey } from './keys.ts';
export {
  createRevocationReader,
  type RevocationReader,
  type RevocationReaderOptions,
  type Revoked,
  type RevokedBy,
} from './reader.ts';
export { RevocationUnavailable } from './unavailable.ts';
