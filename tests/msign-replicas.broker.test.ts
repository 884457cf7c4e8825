import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import {
  type Call,
  type Client,
  closeConnections,
  type Place,
  seconds,
  send,
  signedRequest,
  signUp,
  verdict,
} from './lib/msign/client.ts';
import { bytesOf } from './lib/revocation/http.ts';
import { header, signatureOf } from './lib/msign/key.ts';
import { placesOf, populate } from './lib/msign/population.ts';
import { runSigningLoad, type SigningLoadResult } from './lib/msign/revocation-load.ts';
import { createOperator, type Operator } from './lib/operator.ts';
import { bestOfThree, insist } from './lib/patience.ts';
import { startReplicas, type Replicas } from './lib/replicas.ts';
import { nothingWrong, redisEmptiedTwice, redisKilled, redisMute } from './lib/revocation/faults.ts';
import { isLike, newJournal, type Journal } from './lib/revocation/journal.ts';
import { difference, readRefusals } from './lib/revocation/refusals.ts';

const population = { owners: 30, keys: 4, agents: 2 };
const loadSeconds = 8;
/** What a fault may add to how it goes with nothing wrong: to the slowest revocation, and to the share of 503. */
const mayAdd = { addedMs: 8000, addedShare: 0.2 };
/** Of a signed request. */
const goodForMs = 25_000;

let replicas: Replicas;
let operator: Operator;
/** With nothing wrong. */
let calm: Journal = newJournal();
let first: Place;
let second: Place;
let alice: Client;

beforeAll(async () => {
  replicas = await startReplicas({ gateways: 2, auths: 2, identities: 2 });
  operator = await createOperator(replicas);
  [first, second] = placesOf(replicas).each as [Place, Place];
  alice = await eventually(() => signUp(first));
});

afterAll(async () => {
  await operator?.stop();
  await closeConnections();
  await replicas?.remove();
});

let serial = 0;
/** A change of one's own profile that nobody has asked for before. */
function change(): Call {
  serial += 1;
  return {
    method: 'PATCH',
    path: `/api/identities/${alice.handle}`,
    body: JSON.stringify({ bio: `number ${serial}` }),
  };
}

/** The same signed request, accepted by one gateway; with the store down its first use may have to be asked for again. */
async function accepted(place: Place): Promise<Call> {
  return eventually(async () => {
    const request = signedRequest(place, alice, change());
    const answer = await send(place.origin, request);
    if (answer.status !== 200) throw new Error(`not accepted: ${verdict(answer)}`);
    return request;
  });
}

const again = async (place: Place, request: Call): Promise<string> =>
  verdict(await insist(() => send(place.origin, request)));

/** A signed request has its time for half a minute: what took longer than that has shown nothing, and is done once more. */
async function inTime(work: () => Promise<void>): Promise<void> {
  for (let runs = 1; ; runs += 1) {
    const begun = performance.now();
    try {
      return await work();
    } catch (error) {
      if (performance.now() - begun < goodForMs || runs === 4) throw error;
    }
  }
}

describe('a signed request that changes something is accepted once', () => {
  it('by all gateways together', () =>
    inTime(async () => {
      const request = await accepted(first);
      expect([await again(second, request), await again(first, request)]).toEqual(['401 replayed', '401 replayed']);
    }));

  it('through a loss of Redis: killed, down, and started empty', () => inTime(loseRedis));

  async function loseRedis(): Promise<void> {
    const before = await accepted(first);
    await replicas.redis.kill();
    try {
      expect([await again(second, before), await again(first, before)]).toEqual(['401 replayed', '401 replayed']);
      const meanwhile = await accepted(second);
      expect([await again(first, meanwhile), await again(second, meanwhile)]).toEqual(['401 replayed', '401 replayed']);
      await replicas.redis.restart();
      for (const request of [before, meanwhile])
        expect([await again(first, request), await again(second, request)]).toEqual(['401 replayed', '401 replayed']);
    } finally {
      await replicas.redis.restart();
    }
    const afterwards = await accepted(first);
    expect(await again(second, afterwards)).toBe('401 replayed');
  }

  it('however its signature is spelt', () => inTime(spellAnew));

  async function spellAnew(): Promise<void> {
    const call = change();
    const ts = seconds(new Date());
    const signature = signatureOf(alice.key, {
      ...{ method: 'PATCH', host: first.host, target: call.path, ts },
      body: bytesOf(call.body) ?? '',
    });
    const url = signature.toString('base64url');
    const as = (spelt: string, more = ''): Call => ({
      ...call,
      headers: { host: first.host, authorization: header(alice.handle, ts, spelt, more) },
    });
    expect(await again(first, as(url))).toBe('200');
    for (const spelt of [
      url,
      `${url}==`,
      signature.toString('base64'),
      signature.toString('base64').replaceAll('=', ''),
    ])
      expect([spelt, await again(second, as(spelt))]).toEqual([spelt, '401 replayed']);
    expect(await again(second, as(url, ` alg="ed25519" kid="${alice.key.fingerprint}"`))).toBe('401 replayed');
    // Bits that no byte has: whether they are passed over or refused, it is not let in.
    const odd = url.slice(0, 85) + String.fromCodePoint((url.codePointAt(85) ?? 0) + 1);
    expect(await again(second, as(odd))).toMatch(/^401 (?:replayed|msign_malformed)$/);
  }

  it('of two at the same moment on two gateways, a hundred times over', async () => {
    const rounds = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const once = async (place: Place, request: Call): Promise<string> => verdict(await send(place.origin, request));
        return eventually(async () => {
          const request = signedRequest(first, alice, change());
          const said = await Promise.all([once(first, request), once(second, request)]);
          if (said.some((each) => each.startsWith('503'))) throw new Error('one was not answered in time');
          return said.toSorted();
        });
      }),
    );
    expect(rounds).toEqual(Array.from({ length: 100 }, () => ['200', '401 replayed']));
  });
});

function describeRun(name: string, { journal, ...o }: SigningLoadResult, refused: Record<string, number>): string {
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ');
  return (
    `${name}: slowest revoke ${journal.slowestRevokeMs.toFixed(0)} ms; ${o.acceptedBefore} of ${o.revoked} keys accepted before they were revoked, ` +
    `by ${journal.revocations} revocations (asked again: ${list(o.repeated) || 'none'}); requests: ${journal.accepted} accepted, ` +
    `${journal.acceptedMeanwhile} while being revoked, ${journal.refused} refused (${list(o.codes)}; seen by the gateways: ${list(refused)}), ` +
    `${journal.unavailable} × 503, ${journal.lost} lost`
  );
}

describe('of the requests signed and sent after a key, an agent or an account was taken back, none is accepted by any gateway', () => {
  it.each([nothingWrong, redisKilled, redisEmptiedTwice, redisMute])(
    '$name',
    async ({ name, fault }) => {
      const { each, any } = placesOf(replicas);
      const run = async (): Promise<Journal> => {
        const owners = await populate(any, population);
        const before = await readRefusals(replicas.gateways);
        const result = await runSigningLoad({
          ...{ places: each, owners, seconds: loadSeconds, clients: 16 },
          disable: (actorId) => operator.disable(actorId),
          fault: () => fault(replicas),
        });
        console.log(describeRun(name, result, difference(await readRefusals(replicas.gateways), before)));
        const { journal } = result;
        expect(journal.violations).toEqual([]);
        expect(journal.unexpected).toEqual([]);
        expect(journal.lost).toBe(0);
        expect(replicas.errors()).toEqual([]);
        expect(result.revoked).toBe(population.owners * (population.keys + population.agents));
        expect(result.acceptedBefore).toBe(result.revoked);
        // Nobody is refused for want of an answer: 503 alone would prove nothing.
        expect(journal.refused).toBeGreaterThan(result.revoked);
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
