import type pg from 'pg';

export interface DatabaseOptions {
  /** `postgresql://login[:password]@host:port/database`; the login is a member of the context's service role or that role itself. */
  databaseUrl: string;
  /** Connections at most, default 10. All pools of a suite together stay under the server's `max_connections`. */
  max?: number;
  /** Shown in `pg_stat_activity`; default `artdag-<context>`. */
  applicationName?: string;
  /** Told about idle connections that broke. The pool replaces them by itself, so this is for a log line. */
  onConnectionLost?: (error: Error) => void;
}

/** For whom a transaction acts. Row-level security shows and accepts what belongs to them; `system` sees all. */
export interface Who {
  actorId?: string;
  orgId?: string;
  /** Only for looking up credentials before an actor is known, and for leader jobs. */
  system?: boolean;
}

/** One context's database: a Prisma client and a `pg` pool over the same connections. */
export interface ContextDatabase<Client, Transaction> {
  readonly prisma: Client;
  readonly pool: pg.Pool;
  /** One Prisma transaction. Never wait for the network inside. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** One Prisma transaction that acts for somebody: `app.*` is set in it and gone with it. */
  asOwner<T>(who: Who, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** One `pg` transaction, with `who` set in the round trip of its BEGIN. Several times faster than `asOwner`. */
  pgTransaction<T>(work: (client: pg.PoolClient) => Promise<T>, who?: Who): Promise<T>;
  /**
   * One statement in a transaction of its own that acts for somebody, in a single round trip:
   * BEGIN, the settings, the statement and COMMIT are sent together. Resolves once the commit is confirmed.
   */
  pgStatement<R extends pg.QueryResultRow>(statement: pg.QueryConfig, who?: Who): Promise<pg.QueryResult<R>>;
  /** Answers or rejects within a few seconds. */
  ping(): Promise<void>;
  /** Rejects when the connections' role is not the context's own, or is one that row-level security does not bind. */
  assertSafeRole(): Promise<void>;
  close(): Promise<void>;
}
