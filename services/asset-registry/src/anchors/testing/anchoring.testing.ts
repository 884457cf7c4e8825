import { createHash, randomBytes } from 'node:crypto';
import { openDatabase, type Database } from '@artdag/database/registry';
import { executeWithPg } from '@artdag/messaging';
import { createSafeFetch, type SafeFetchClient } from '@artdag/safe-fetch';
import { createMetrics, type Logger, type Metrics } from '@artdag/service-kit';
import { collectLogs, createTestDatabase, type CollectedLogs } from '@artdag/testing';
import type { AnchorDeps } from '../anchor-deps.ts';
import { createAnchorMetrics } from '../anchor-metrics.ts';
import { createAnchorRepository } from '../anchor.repository.ts';
import { createEsploraSource } from '../bitcoin/header-source.ts';
import { createCalendarClient } from '../calendars/calendar-client.ts';
import { createCalendarRepository } from '../calendars/calendar.repository.ts';
import { wantedOperators } from '../calendars/choose-calendars.ts';
import { getAnchor } from '../get-anchor.ts';
import { listAnchors, type AnchorReaderDeps } from '../list-anchors.ts';
import { workOnAnchors } from '../work-on-anchors.ts';
import { startCalendarStandIn, type CalendarStandIn } from './calendar-stand-in.testing.ts';
import { startChainStandIn, type ChainStandIn } from './chain-stand-in.testing.ts';

export const minutes = (n: number): number => n * 60_000;
export const hours = (n: number): number => n * 3_600_000;

export interface Anchoring {
  chain: ChainStandIn;
  calendars: CalendarStandIn[];
  databaseUrl: string;
  tables: Database;
  deps: AnchorDeps;
  logs: CollectedLogs;
  metrics: Metrics;
  /** The log has grown to this size, and its checkpoint is signed. */
  grow(size: number): void;
  /** Lets time pass, and the loop do what is due. */
  after(ms: number): Promise<void>;
  /** The loop's turns until nothing is due; as another replica when `deps` are given. */
  work(deps?: AnchorDeps): Promise<void>;
  list(): ReturnType<typeof listAnchors>;
  /** The only anchor, or the newest. */
  newest(): Promise<Awaited<ReturnType<typeof getAnchor>>>;
  stop(): Promise<void>;
}

export interface AnchoringOptions {
  /** Default 3. */
  calendars?: number;
  /** Default true. */
  withHeaders?: boolean;
  intervalMs?: number;
}

/** Everything of anchors but the service around it: real tables, HTTP to stand-ins, a clock that only moves by hand. */
export async function startAnchoring(o: AnchoringOptions = {}): Promise<Anchoring> {
  const database = await createTestDatabase();
  const tables = openDatabase({ databaseUrl: database.url, max: 5 });
  const chain = await startChainStandIn();
  const calendars = await Promise.all(Array.from({ length: o.calendars ?? 3 }, () => startCalendarStandIn(chain)));
  const clock = { now: Date.parse('2026-03-01T12:00:00Z'), size: 0, startedAt: new Date('2026-03-01T12:00:00Z') };
  const logs = collectLogs('warn');
  const metrics = createMetrics();
  const urls = calendars.map(({ url }) => url);
  const { deps, safeFetch } = makeAnchorDeps({
    ...{ tables, metrics, logger: logs.logger, calendars: urls, intervalMs: o.intervalMs ?? hours(1) },
    headersUrl: o.withHeaders === false ? undefined : chain.url,
    now: () => new Date(clock.now),
    size: () => clock.size,
  });
  const { execute } = deps;
  const view = { wantedOperators: wantedOperators(urls), checksHeaders: deps.headers !== undefined };
  const reader: AnchorReaderDeps = { anchors: createAnchorRepository(execute), view };
  const work = async (by = deps): Promise<void> => {
    while (await workOnAnchors(by, clock.startedAt, new AbortController().signal));
  };
  const list = (): ReturnType<typeof listAnchors> => listAnchors(reader, { state: undefined, limit: 100, offset: 0 });
  return {
    ...{ chain, calendars, databaseUrl: database.url, tables, deps, logs, metrics, work, list },
    grow(size) {
      clock.size = size;
    },
    async after(ms) {
      clock.now += ms;
      await work();
    },
    async newest() {
      const [first] = (await list()).anchors;
      if (first === undefined) throw new Error('no anchor yet');
      return await getAnchor(reader, first.merkle_root);
    },
    async stop() {
      await safeFetch.close();
      await Promise.all([...calendars, chain].map((each) => each.close()));
      await tables.close();
      await database.drop();
    },
  };
}

export interface Surroundings {
  tables: Database;
  metrics: Metrics;
  logger: Logger;
  calendars: readonly string[];
  headersUrl: string | undefined;
  intervalMs: number;
  now: () => Date;
  /** Of the log. */
  size: () => number;
}

/** What the work on anchors is done with, as the service makes it, but for the log. */
export function makeAnchorDeps(o: Surroundings): { deps: AnchorDeps; safeFetch: SafeFetchClient } {
  const safeFetch = createSafeFetch({ allowedPrivateCidrs: ['127.0.0.0/8'], userAgent: 'test' });
  const execute = executeWithPg(o.tables.pool);
  const { calendars, headersUrl, intervalMs, logger, now } = o;
  const deps: AnchorDeps = {
    ...{ now, logger, execute },
    newNonce: () => randomBytes(16),
    metrics: createAnchorMetrics(o.metrics),
    transaction: (work) => o.tables.pgTransaction((client) => work(executeWithPg(client))),
    checkpoints: { latestSigned: () => Promise.resolve(checkpointOf(o.size())) },
    client: createCalendarClient(safeFetch),
    calendars: createCalendarRepository(execute),
    headers: headersUrl === undefined ? undefined : createEsploraSource(headersUrl, safeFetch),
    settings: { calendars, calendarHosts: [], intervalMs, network: 'regtest' },
  };
  return { deps, safeFetch };
}

/** What a log of that size would have signed. */
export function checkpointOf(size: number) {
  if (size === 0) return null;
  const rootHash = createHash('sha256').update(`tree of ${size}`).digest();
  const note = `l2.example.com/log\n${size}\n${rootHash.toString('base64')}\n\n— l2.example.com/log AAAA\n`;
  return { size, rootHash, note };
}
