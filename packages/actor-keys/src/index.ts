export { builtInActor, builtInActors } from './built-in-actors.ts';
export { executeWithPg as executeOn } from '@artdag/messaging';
export { exportKeys } from './export-keys.ts';
export { importKeys } from './import-keys.ts';
export { createKeyFiles, type KeyFiles } from './key-files.ts';
export { firstKeyId, keyNumber, nextKeyId } from './key-id.ts';
export {
  keyKinds,
  makeKeyPair,
  multibaseOf,
  privateKeyDer,
  privateKeyPem,
  readKeyPair,
  readKeyPairDer,
  type KeyKind,
  type KeyPair,
} from './key-pair.ts';
export { deleteWaiting, findWaiting, lockUser } from './key-rows.repository.ts';
export type { MovedSet, MoveKeysDeps } from './move-keys.ts';
export { pairOfRow, readPrimary } from './pair-of-row.ts';
