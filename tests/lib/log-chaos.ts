import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { callOnce, newContentHash } from './api-client.ts';
import type { Dice } from './dice.ts';
import { newLeaf, queueLeaves } from './log-fill.ts';
import type { LogSuite, Member } from './log-suite.ts';

/** What has happened so far; `over` says when to end, and work in progress is still finished. */
export interface Tally {
  over: boolean;
  /** Ids of activities whose registration was acknowledged. */
  acknowledged: string[];
  /** Activity ids of leaves whose transaction was held open and then committed. */
  committedLate: string[];
  /** Transactions that broke with their server. */
  broken: number;
  kills: number;
  /** How often both were killed, and started, at once. */
  pairs: number;
  freezes: number;
}

export const newTally = (): Tally => ({
  ...{ over: false, acknowledged: [], committedLate: [], broken: 0, kills: 0, pairs: 0, freezes: 0 },
});

const giveUpAfterMs = 240_000;

/** Registers assets at both servers until it is over, each request repeated until it is acknowledged. */
export async function register(suite: LogSuite, tally: Tally, workers: number): Promise<void> {
  const registerOne = async (name: string): Promise<void> => {
    const body = { name, content_hash: newContentHash(), asset_type: 'image' };
    const end = Date.now() + giveUpAfterMs;
    for (let attempt = 0; Date.now() < end; attempt += 1) {
      const url = suite.urls[attempt % 2] ?? '';
      const headers = { ...suite.asGiles(), 'idempotency-key': name };
      const answer = await callOnce(url, '/assets', { body, headers }).catch(() => undefined);
      if (answer?.status === 201) return void tally.acknowledged.push(String(answer.body['activity_id']));
      if (answer && answer.status < 500) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
      await sleep(50);
    }
    throw new Error(`${name} was never acknowledged`);
  };
  const work = async (_: unknown, worker: number): Promise<void> => {
    for (let n = 0; !tally.over; n += 1) await registerOne(`asset-${worker}-${n}`);
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/**
 * Transactions that put leaves into the queue and are held open for seconds while others commit: dated before they began, committed in another
 * order.
 */
export async function commitLate(suite: LogSuite, tally: Tally, o: { dice: Dice; writers: number }): Promise<void> {
  const transact = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: suite.databaseUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const leaves = Array.from({ length: 1 + o.dice.roll(5) }, () => newLeaf(suite.publicUrl));
      await client.query('BEGIN');
      await queueLeaves(client, leaves, new Date(Date.now() - o.dice.roll(10_000)));
      await sleep(500 + o.dice.roll(3_500));
      await client.query('COMMIT');
      tally.committedLate.push(...leaves.map(({ activityId }) => activityId));
    } catch {
      tally.broken += 1;
      await sleep(100);
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const work = async (): Promise<void> => {
    while (!tally.over) await transact();
  };
  await Promise.all(Array.from({ length: o.writers }, work));
}

/** Kills the servers where they stand, one or both, and starts them again, both of a pair at once; or stops one and lets it go on later. */
export async function hurtServers(suite: LogSuite, tally: Tally, dice: Dice): Promise<void> {
  while (!tally.over) {
    await sleep(dice.roll(300));
    const victims = dice.pick<readonly Member[]>([[0], [1], [0, 1]]);
    if (victims.length === 1 && dice.roll(3) === 0) {
      const goOn = suite.freeze(victims[0] ?? 0);
      tally.freezes += 1;
      await sleep(dice.roll(2_000));
      goOn();
      continue;
    }
    await Promise.all(victims.map((which) => suite.kill(which)));
    tally.kills += victims.length;
    if (victims.length > 1) tally.pairs += 1;
    await Promise.all(victims.map((which) => suite.start(which)));
  }
}
