export { createL1Kit, type L1Kit } from './create-l1-kit.ts';
export { l1KitErrorCodes, type L1KitErrorCode } from './kit-error.ts';
export type { L1KitOptions, Revoked, SigningKey } from './options.ts';
export type { L1User } from './sessions/session.ts';
export type { L1Store } from './store/l1-store.ts';
export { createMemoryStore } from './store/memory-store.ts';
export { createRedisStore, type RedisClient } from './store/redis-store.ts';
