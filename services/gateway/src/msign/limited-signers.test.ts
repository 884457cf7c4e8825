import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createMemoryStore } from '@artdag/key-value';
import { quietLogger } from '@artdag/testing';
import type { Harness } from '../harness.testing.ts';
import { startLimited } from '../limits/limited-gateway.testing.ts';
import { type RawAnswer, rawGet } from '../raw-http.testing.ts';
import { codeOf, makeTestSigner, type TestSigner } from './signing.testing.ts';

let gateway: Harness;
let alice: TestSigner;
let clock: Date;

beforeEach(async () => {
  clock = new Date();
  gateway = await startLimited(
    { actor: 5, anonymous: 5 },
    {
      logger: quietLogger(),
      config: { trustedProxies: ['127.0.0.1/32'] },
      overrides: { now: () => clock, store: createMemoryStore({ now: () => clock.getTime() }) },
    },
  );
  alice = makeTestSigner(gateway);
});
afterEach(() => gateway.close());

let sent = 0;
/** Signs a request that nobody has signed before. */
function send(address: string, signer = alice, changes: { target?: string } = {}): Promise<RawAnswer> {
  sent += 1;
  const ts = Math.floor(clock.getTime() / 1000);
  const request = {
    method: 'POST',
    target: `/assets?n=${sent}`,
    body: '{}',
    ts,
    lines: [`X-Forwarded-For: ${address}`],
  };
  return signer.send(request, changes);
}

async function answersOf(times: number, send: () => Promise<RawAnswer>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let n = 0; n < times; n += 1) {
    const answer = await send();
    all.push(answer.status === 200 ? 200 : codeOf(answer));
  }
  return all;
}

it('whoever is over a limit is refused at that address without asking identity again, until the time is over', async () => {
  expect(await answersOf(6, () => send('10.0.0.1'))).toEqual([200, 200, 200, 200, 200, 'rate_limited']);
  gateway.identity.questions.length = 0;
  expect(await answersOf(20, () => send('10.0.0.1'))).toEqual(Array.from({ length: 20 }, () => 'rate_limited'));
  expect(gateway.identity.questions).toEqual([]);
  const { headers } = await send('10.0.0.1');
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(headers['ratelimit-limit']).toBe('5');
  clock = new Date(clock.getTime() + 121_000);
  expect((await send('10.0.0.1')).status).toBe(200);
});

it('keeps out nobody else at that address, nor the same signer at another beyond the limit itself', async () => {
  await answersOf(6, () => send('10.0.0.1'));
  expect((await send('10.0.0.1', makeTestSigner(gateway, 'bob'))).status).toBe(200);
  gateway.identity.questions.length = 0;
  expect(codeOf(await send('10.0.0.2'))).toBe('rate_limited');
  expect(gateway.identity.questions).toHaveLength(1);
});

it('a key that is refused again and again is charged to its address, and then refused unread', async () => {
  gateway.identity.judge = () => ({ ok: false, code: 'key_revoked' });
  const first = await answersOf(6, () => send('10.0.0.3'));
  expect(first).toEqual([...Array.from({ length: 5 }, () => 'key_revoked'), 'rate_limited']);
  gateway.identity.questions.length = 0;
  expect(await answersOf(10, () => send('10.0.0.3'))).toEqual(Array.from({ length: 10 }, () => 'rate_limited'));
  expect(gateway.identity.questions).toEqual([]);
});

it('a stranger at the same address who signs in somebody’s name keeps nobody out', async () => {
  const stranger = makeTestSigner(gateway);
  alice = makeTestSigner(gateway);
  const anonymous = () => rawGet(gateway.port, '/assets', ['X-Forwarded-For: 10.0.0.6']);
  for (let n = 0; n < 5; n += 1) expect((await anonymous()).status).toBe(200);
  expect(codeOf(await send('10.0.0.6', stranger))).toBe('rate_limited');
  expect((await send('10.0.0.6')).status).toBe(200);
});

it('the limit of one route keeps nobody from the others', async () => {
  await gateway.close();
  gateway = await startLimited(
    { keys: 2 },
    { logger: quietLogger(), config: { trustedProxies: ['127.0.0.1/32'] }, overrides: { now: () => clock } },
  );
  alice = makeTestSigner(gateway);
  const add = (n: number) =>
    alice.send({ method: 'POST', target: `/api/auth/keys?n=${n}`, body: '{}', ts: Math.floor(clock.getTime() / 1000) });
  expect([(await add(1)).status, (await add(2)).status, (await add(3)).status]).toEqual([200, 200, 429]);
  expect((await send('127.0.0.1')).status).toBe(200);
});

it('who is over the limit can still revoke a key, there and elsewhere', async () => {
  await answersOf(7, () => send('10.0.0.4'));
  const ts = Math.floor(clock.getTime() / 1000);
  const revoke = (address: string) =>
    alice.send({
      ...{ method: 'DELETE', target: '/api/auth/keys/alice/key_1', ts: ts + ((sent += 1) % 20) },
      lines: [`X-Forwarded-For: ${address}`],
    });
  expect((await revoke('10.0.0.4')).status).toBe(200);
  expect((await revoke('10.0.0.5')).status).toBe(200);
});
