import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOperator, type Operator } from './lib/operator.ts';
import { bestOfThree } from './lib/patience.ts';
import { startReplicas, type Replicas } from './lib/replicas.ts';
import { nothingWrong, redisEmptiedTwice, redisKilled, redisMute, type Scenario } from './lib/revocation/faults.ts';
import { closeConnections } from './lib/revocation/http.ts';
import { isLike, newJournal, type Journal } from './lib/revocation/journal.ts';
import { runLoad, type LoadResult } from './lib/revocation/load.ts';
import { populate } from './lib/revocation/population.ts';
import { difference, readRefusals } from './lib/revocation/refusals.ts';

/** 100 users with two sessions (opaque token, access token and platform_token each), seven API tokens and seven API keys: 2,000 secrets. */
const population = { users: 100, apiTokens: 7, apiKeys: 7 };
const seconds = 8;
/** What a fault may add to how it goes with nothing wrong: to the slowest revocation, and to the share of 503. */
const mayAdd = { addedMs: 5000, addedShare: 0.1 };

let replicas: Replicas;
let operator: Operator;
/** With nothing wrong. */
let calm: Journal = newJournal();

beforeAll(async () => {
  replicas = await startReplicas({ gateways: 3, auths: 3 });
  operator = await createOperator(replicas);
});

afterAll(async () => {
  await operator?.stop();
  await closeConnections();
  await replicas?.remove();
});

/** What each fault does while credentials are revoked, and how many clients refresh and mint meanwhile. */
const scenarios: (Scenario & { renewers?: number })[] = [
  nothingWrong,
  redisKilled,
  redisEmptiedTwice,
  {
    name: 'with Redis started from a snapshot older than the last revocations, twice',
    async fault({ redis, freezeAuths }) {
      for (let times = 0; times < 2; times += 1) {
        await sleep(2000);
        const snapshot = await redis.snapshot();
        await sleep(700);
        // The lease that is in the snapshot has not run out, and for a moment nobody can load what is missing.
        const goOn = freezeAuths();
        await redis.kill();
        await redis.restart({ snapshot });
        await sleep(1000);
        goOn();
      }
    },
  },
  {
    name: 'with RabbitMQ cut off',
    async fault({ wayToBroker }) {
      await sleep(1000);
      await wayToBroker.cut();
      await sleep(seconds * 1000);
      await wayToBroker.restore();
    },
  },
  {
    name: 'with one gateway and one auth refused by Redis',
    async fault({ lastWayToRedis }) {
      await sleep(2000);
      await lastWayToRedis.cut();
      await sleep(4000);
      await lastWayToRedis.restore();
    },
  },
  redisMute,
  { name: 'with refreshing and minting all the time', renewers: 12, fault: () => Promise.resolve() },
];

function describeRun(name: string, o: LoadResult, refused: Record<string, number>): string {
  const { journal } = o;
  const paths = ['store', 'auth', 'memory', 'introspection'].map((by) => `${by} ${refused[by] ?? 0}`).join(', ');
  return (
    `${name}: slowest revoke ${journal.slowestRevokeMs.toFixed(0)} ms; ${o.acceptedBefore} of ${o.revoked} accepted before they were revoked, ` +
    `by ${journal.revocations} revocations (${journal.repeated} asked again), ${o.alive} left alive; ` +
    `requests: ${journal.accepted} accepted, ${journal.acceptedMeanwhile} while being revoked, ${journal.refused} refused (${paths}), ` +
    `${journal.unavailable} × 503, ${journal.lost} lost; ${journal.refreshed} refreshed, ${journal.minted} minted, ${o.revokedOfNew} of what was new dead`
  );
}

describe('of the requests sent after a revocation was answered, none is accepted by any replica', () => {
  it.each(scenarios)(
    '$name',
    async ({ name, fault, renewers }) => {
      const anyGateway = () => replicas.gateways[Math.floor(Math.random() * 3)] ?? '';
      const run = async (): Promise<Journal> => {
        const users = await populate({ ...population, anyGateway });
        const before = await readRefusals(replicas.gateways);
        const result = await runLoad({
          replicas,
          users,
          seconds,
          clients: 32,
          renewers: renewers ?? 2,
          renewAtTheEnd: renewers !== undefined,
          disable: (actorId) => operator.disable(actorId),
          fault: () => fault(replicas),
        });
        const refused = difference(await readRefusals(replicas.gateways), before);
        console.log(describeRun(name, result, refused));
        const { journal } = result;
        expect(journal.violations).toEqual([]);
        expect(journal.unexpected).toEqual([]);
        expect(journal.lost).toBe(0);
        expect(result.revoked).toBe(2000);
        expect(result.acceptedBefore).toBe(2000);
        // Nobody is refused for want of an answer: 503 alone would prove nothing.
        expect(journal.refused).toBeGreaterThan(2000);
        return journal;
      };
      if (name === nothingWrong.name) calm = await run();
      else {
        const best = await bestOfThree(run, (journal) => isLike(calm, journal, mayAdd));
        expect([calm, best, isLike(calm, best, mayAdd)]).toEqual([calm, best, true]);
      }
    },
    600_000,
  );
});
