import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, freePort } from '@artdag/testing';
import { call, newContentHash, registerAsset } from './lib/api-client.ts';
import { randomSeed } from './lib/dice.ts';
import { startHostileSuite, type HostileSuite } from './lib/hostile-inbox/hostile-suite.ts';
import { fuzzInbox, newFuzzTally, type Sender } from './lib/inbox-fuzz/fuzz-inbox.ts';
import type { World } from './lib/inbox-fuzz/odd-values.ts';

/** `INBOX_FUZZ_DELIVERIES=200000` is the long run, `INBOX_FUZZ_SEED` repeats one. */
const total = Number(process.env['INBOX_FUZZ_DELIVERIES'] ?? 12_000);
const seed = Number(process.env['INBOX_FUZZ_SEED'] ?? randomSeed());
/** Until then caches fill up and code is compiled; memory is compared from here on. */
const warm = Math.min(20_000, total / 2);
const mayGrow = 1.1;
const mayBlockMs = 200;
const concurrency = 16;
/**
 * Now and then somebody is made to delete themselves, and then their key is not fetched again for five minutes. So that most signatures
 * are believed to the last, others take over after so many deliveries.
 */
const perGeneration = 2_000;

interface Probed {
  blockedMs: number;
  stillMs: number;
  rss: number;
  heapUsed: number;
  external: number;
}

let suite: HostileSuite;
let probeUrl: string;
let world: World;
const generations: Sender[][] = [];
const sendersOf = (n: number): readonly Sender[] => generations[Math.floor(n / perGeneration)] ?? [];

beforeAll(async () => {
  const port = await freePort();
  probeUrl = `http://127.0.0.1:${port}`;
  const probe = join(import.meta.dirname, 'lib', 'inbox-fuzz', 'probe.mjs');
  const env = { NODE_OPTIONS: `--expose-gc --import=${probe}`, PROBE_PORT: String(port) };
  suite = await startHostileSuite(env);
  const names = ['alice', 'bob', 'carol'];
  for (let n = 0; n < total; n += perGeneration) {
    const strangers = await Promise.all(Array.from({ length: 4 }, () => suite.newStranger(undefined, names)));
    generations.push(strangers.flatMap((stranger) => names.map((name) => ({ stranger, name }))));
  }
  const claim = await registerAsset(suite.url, suite.token, `a-${randomUUID().slice(0, 8)}`, newContentHash());
  const { object } = claim.body['activity'] as { object: { id: string } };
  const strangers = generations.flat().map(({ stranger, name }) => stranger.actor(name));
  world = { origin: suite.url, actor: suite.actor, object: object.id, strangers };
});
afterAll(async () => {
  await suite?.remove();
});

interface Queue {
  waiting: number;
  /** What could not be processed at once. */
  failed: string[];
}

const QUEUE = `
  SELECT count(queue_place)::int AS waiting,
    coalesce(array_agg(last_error || ': ' || payload) FILTER (WHERE last_error IS NOT NULL), '{}') AS failed
  FROM federation.inbox_log`;

/** Once all that was taken has been processed, or something could not be. */
async function settled(): Promise<Probed & Pick<Queue, 'failed'>> {
  const failed = await eventually(
    async () => {
      const [queue] = (await suite.rows(QUEUE)) as unknown as Queue[];
      if (queue === undefined || (queue.waiting > 0 && queue.failed.length === 0)) throw new Error('some wait');
      return queue.failed;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  return { ...((await (await fetch(probeUrl)).json()) as Probed), failed };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const shown = (counts: Map<string, number>): string =>
  [...counts]
    .toSorted()
    .map(([status, n]) => `${status}: ${n}`)
    .join(', ');

describe(`${total} mutated deliveries (seed ${seed})`, () => {
  it(
    'get no 5xx, leave memory as it was, block nothing, and half of them are signed after they were mutated',
    async () => {
      const tally = newFuzzTally();
      // What starting took is not counted.
      await settled();
      const begun = performance.now();
      const run = { seed, concurrency, world, sendersOf };
      await fuzzInbox({ ...run, from: 0, to: warm }, tally);
      const before = await settled();
      await fuzzInbox({ ...run, from: warm, to: total }, tally);
      const perSecond = total / ((performance.now() - begun) / 1000);
      const after = await settled();
      const [stored] = await suite.rows('SELECT count(*)::int AS n FROM federation.inbox_log');
      const blockedMs = Math.max(before.blockedMs, after.blockedMs);
      const memory = ({ rss, heapUsed, external }: Probed): string =>
        `${megabytes(rss)} RSS, ${megabytes(heapUsed)} heap, ${megabytes(external)} external`;
      console.log(
        [
          `${total} deliveries, seed ${seed}, ${perSecond.toFixed(0)} a second; ${String(stored?.['n'])} stored`,
          `signed after mutation: ${shown(tally.signedAfter)}`,
          `changed after signing: ${shown(tally.changedAfter)}`,
          `after ${warm}: ${memory(before)}; after ${total}: ${memory(after)}`,
          `event loop blocked for ${blockedMs.toFixed(0)} ms at most (${Math.max(before.stillMs, after.stillMs).toFixed(0)} ms with waits for a processor)`,
        ].join('\n'),
      );
      expect(tally.bad).toEqual([]);
      expect([...before.failed, ...after.failed].map((each) => each.slice(0, 1000))).toEqual([]);
      expect(suite.process.output).not.toMatch(/internal_error|could not be processed|uncaught/i);
      expect((await call(suite.url, '/healthz')).status).toBe(200);
      // Enough of them got past the signature to have shown something.
      expect(tally.signedAfter.get('202') ?? 0).toBeGreaterThan(total / 8);
      expect(blockedMs).toBeLessThan(mayBlockMs);
      expect(after.rss / before.rss).toBeLessThan(mayGrow);
      expect((after.heapUsed + after.external) / (before.heapUsed + before.external)).toBeLessThan(mayGrow);
    },
    60_000 + total * 40,
  );
});
