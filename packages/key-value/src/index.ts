export { createInvalidations, type Invalidations, type InvalidationsLogger } from './invalidations.ts';
export { KeyValueError } from './key-value-error.ts';
export type { KeyValueStore, Unsubscribe, WindowCharge, WindowCount } from './key-value-store.ts';
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { createRedisStore, type RedisStoreOptions } from './redis-store.ts';
