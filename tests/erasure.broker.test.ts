import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount } from './lib/api-client.ts';
import { createDice, randomSeed } from './lib/dice.ts';
import { erasuresFinished, markedAsset, placesFound } from './lib/erasing.ts';
import { startFedifyPeer, type FedifyPeer } from './lib/fedify.ts';
import { readLedger } from './lib/ledger.ts';
import { startProcesses, type ProcessSuite, type ServiceName } from './lib/process-suite.ts';

const password = 'correct horse battery staple';
const assets = 1_200;
const concurrency = 16;
const kills = 6;
const seed = randomSeed();
const dice = createDice(seed);

let suite: ProcessSuite;
let peer: FedifyPeer;
let tables: pg.Client;

beforeAll(async () => {
  suite = await startProcesses({ env: { OTS_CALENDARS: 'none' } });
  peer = await startFedifyPeer();
  tables = new pg.Client({ connectionString: suite.databaseUrl });
  await tables.connect();
});
afterAll(async () => {
  await tables?.end();
  await peer?.process.stop();
  await suite?.remove();
});

const countLeft = async (username: string): Promise<number> => {
  const left = 'SELECT count(*)::int AS n FROM registry.assets WHERE owner_username = $1 AND erased_at IS NULL';
  return (await tables.query<{ n: number }>(left, [username])).rows[0]?.n ?? 0;
};

const countPending = async (): Promise<number> => {
  const pending = `SELECT 1 FROM federation.deliveries WHERE state = 'pending'`;
  return (await tables.query(pending)).rows.length;
};

describe(`the end of an account with ${assets} assets (seed ${seed})`, () => {
  it('comes to its end however often asset-registry and federation are killed on the way, and is told once to each follower', async () => {
    const { username, token } = await newAccount(suite.url);
    const actor = `${suite.url}/users/${username}`;
    const target = `acct:${username}@${new URL(suite.url).host}`;
    await eventually(async () =>
      expect((await call(suite.url, `/.well-known/webfinger?resource=${target}`)).status).toBe(200),
    );
    await peer.follow(target);
    const typesOf = async (): Promise<string[]> =>
      (await peer.received()).received.filter((arrival) => arrival.actor === actor).map(({ type }) => type);
    await eventually(async () => expect(await typesOf()).toEqual(['Accept']));
    // Whoever is killed before that is written down waits for the end of a lease, and sends it again.
    await eventually(async () => expect(await countPending()).toBe(0));

    const marks = new Map<string, string>();
    const workers = Array.from({ length: concurrency }, async (_, worker) => {
      for (let i = worker; i < assets; i += concurrency) {
        const { body, marks: ofOne } = markedAsset(`asset ${i}`);
        expect((await call(suite.url, '/assets', { token, body })).status).toBe(201);
        if (i % 100 === 0) for (const [place, word] of ofOne) marks.set(place, word);
      }
    });
    await Promise.all(workers);
    expect(await countLeft(username)).toBe(assets);
    const { status } = await call(suite.url, '/auth/me', { method: 'DELETE', token, body: { password } });
    expect(status).toBe(204);

    const seen: number[] = [];
    for (let i = 0; i < kills; i += 1) {
      const victim: ServiceName = i % 2 === 0 ? 'asset-registry' : 'federation';
      await sleep(dice.roll(400));
      await suite.processOf(victim).kill('SIGKILL');
      seen.push(await countLeft(username));
      await suite.restart(victim);
    }
    await eventually(async () => expect(await countLeft(username)).toBe(0), { timeoutMs: 180_000 });
    await erasuresFinished(suite.databaseUrl, 180_000);
    console.log(`assets left at the kills: ${seen.join(', ')}`);
    await eventually(async () => expect(await placesFound(suite.databaseUrl, marks)).toEqual([]));
    // At least once; again only if it was killed between sending and marking it.
    const deletions = await eventually(
      async () => {
        const found = (await typesOf()).filter((type) => type === 'Delete');
        expect(found.length).toBeGreaterThan(0);
        expect(await countPending()).toBe(0);
        return found.length;
      },
      { timeoutMs: 180_000 },
    );
    expect(deletions).toBeLessThanOrEqual(1 + kills / 2);
    await eventually(async () => {
      const followers = await tables.query('SELECT 1 FROM federation.followers WHERE username = $1', [username]);
      expect(followers.rows).toEqual([]);
    });
    const ledger = await eventually(async () => {
      const found = await readLedger(suite.databaseUrl);
      expect(found.pending).toBe(0);
      return found;
    });
    expect(ledger).toMatchObject({ claimsWithoutLeaf: 0, leavesWithoutClaim: 0, logIndexesContiguous: true });
  }, 240_000);
});
