import { createRedisStore, type KeyValueStore } from '@artdag/key-value';
import { executeWithPg } from '@artdag/messaging';
import { createRevocationReader, type RevocationReader } from '@artdag/revocation';
import { createMetrics, type Logger, type Metrics } from '@artdag/service-kit';
import { eventually } from '@artdag/testing';
import { composeRevocation, type RevocationOptions } from './compose.ts';
import { liftDenials, writeDenials, type Denial } from './write-denials.ts';

/** What a replica of auth has for revocation, on a database and a store. */
export interface Replica extends ReturnType<typeof composeRevocation> {
  database: RevocationOptions['database'];
  store: KeyValueStore;
  metrics: Metrics;
  /** A reader that shares this replica's connection to the store, but remembers nothing of its revocations: a gateway's. */
  reader: RevocationReader;
  /** Another one, which has never seen anything. */
  freshReader(): RevocationReader;
  /** Commits the denials and enforces them; resolves to how long enforcing took. */
  revoke(...ids: string[]): Promise<number>;
  lift(...ids: string[]): Promise<void>;
  /** As does a process that dies. */
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  /** The replica's own: it is closed with it. */
  database: RevocationOptions['database'];
  /** Of a Redis, or a store that exists and stays open. */
  store: { url: string; prefix?: string } | KeyValueStore;
  logger: Logger;
  /** False: only a reader and a revoker. */
  keeps?: boolean;
}

export function startReplica(o: ReplicaOptions): Replica {
  const { logger, database } = o;
  const own = 'url' in o.store ? createRedisStore({ url: o.store.url, keyPrefix: o.store.prefix ?? '' }) : undefined;
  const store = own ?? (o.store as KeyValueStore);
  const metrics = createMetrics();
  const parts = composeRevocation({ database, store, logger, metrics, now: () => new Date() });
  const freshReader = () => createRevocationReader({ store, logger, askTruth: parts.deniedAmong });
  if (o.keeps !== false) parts.keeper.start();
  return {
    ...parts,
    database,
    store,
    metrics,
    reader: freshReader(),
    freshReader,
    async revoke(...ids) {
      await database.pgTransaction((client) => writeDenials(executeWithPg(client), ids.map(denial)));
      const startedAt = performance.now();
      await parts.revoker.enforce(ids);
      return performance.now() - startedAt;
    },
    async lift(...ids) {
      await database.pgTransaction((client) => liftDenials(executeWithPg(client), ids));
      await parts.revoker.lift(ids);
    },
    async stop() {
      await parts.keeper.stop();
      await own?.close();
      await database.close();
    },
  };
}

/** Resolves once the store refuses the id; rejects when anybody lets it in meanwhile. */
export async function refusedByStore(reader: RevocationReader, id: string): Promise<void> {
  const answers: (string | undefined)[] = [];
  // Auth answers as long as a machine that stood still has no lease.
  await eventually(async () => {
    answers.push((await reader.check([id]))?.by);
    return answers.at(-1) === 'store';
  });
  if (answers.includes(undefined)) throw new Error(`${id} was let in: ${answers.join(', ')}`);
}

export function denial(id: string): Denial {
  return { id, reason: 'test', actorId: null, expiresAt: new Date(Date.now() + 3600_000) };
}
