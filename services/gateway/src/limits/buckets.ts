/** The limits of credentials.md §6 that the gateway counts, per minute, each with its environment variable. */
export const limits = {
  keys: { variable: 'RATE_LIMIT_KEYS', perMinute: 20 },
  session: { variable: 'RATE_LIMIT_SESSION', perMinute: 10 },
  anonymous: { variable: 'RATE_LIMIT_ANONYMOUS', perMinute: 120 },
  actor: { variable: 'RATE_LIMIT_ACTOR', perMinute: 600 },
  agent: { variable: 'RATE_LIMIT_AGENT', perMinute: 1200 },
  inbox: { variable: 'RATE_LIMIT_INBOX', perMinute: 1200 },
  log: { variable: 'RATE_LIMIT_LOG', perMinute: 1200 },
  recordRun: { variable: 'RATE_LIMIT_RECORD_RUN', perMinute: 30 },
  remoteFollow: { variable: 'RATE_LIMIT_REMOTE_FOLLOW', perMinute: 20 },
  storageTest: { variable: 'RATE_LIMIT_STORAGE_TEST', perMinute: 10 },
} as const;

export type LimitName = keyof typeof limits;

/** Requests per minute; undefined where the limit is off. */
export type Limits = Record<LimitName, number | undefined>;

interface RouteBucket {
  limit: LimitName;
  /**
   * Whom it counts: an address (IPv6 by /64), an actor, or an actor at one address; anonymous callers are in no actor's
   * bucket.
   */
  by: 'address' | 'actor' | 'actor-at-address';
  /** What it counts is in no general bucket (anonymous, actor, agent). */
  instead?: true;
}

/** The buckets of particular routes: `limit` in the route table names one. They come on top of the caller's general one. */
export const routeBuckets = {
  session: { limit: 'session', by: 'address' },
  'keys-challenge': { limit: 'keys', by: 'address' },
  'keys-verify': { limit: 'keys', by: 'address' },
  'keys-add': { limit: 'keys', by: 'address' },
  // Whoever has stolen a key cannot use up what its owner needs to revoke it.
  'keys-end': { limit: 'keys', by: 'actor-at-address', instead: true },
  inbox: { limit: 'inbox', by: 'address', instead: true },
  // Who reads the whole log asks for two small tiles per 256 leaves.
  log: { limit: 'log', by: 'address', instead: true },
  // A stranger's host is asked for each, so that they count whoever brings them.
  'remote-follow': { limit: 'remoteFollow', by: 'address' },
  'record-run': { limit: 'recordRun', by: 'actor' },
  'storage-test': { limit: 'storageTest', by: 'actor' },
} as const satisfies Record<string, RouteBucket>;

/** `none`: nothing of it is counted here; that is also for routes whose owner counts (`/auth/verify`: l1-bridge knows the L1). */
export type RouteLimit = keyof typeof routeBuckets | 'none';

/** Whether a route counts in no general bucket (anonymous, actor, agent). */
export function countsAlone(limit: RouteLimit | undefined): boolean {
  return limit === 'none' || (limit !== undefined && 'instead' in routeBuckets[limit]);
}
