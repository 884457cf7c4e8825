import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { createFailureLimiter } from '@artdag/rate-limit';
import { quietLogger } from '@artdag/testing';
import { type Harness, type HarnessOptions, startHarness } from '../harness.testing.ts';
import type { RawAnswer } from '../raw-http.testing.ts';
import { codeOf, makeTestSigner, type RequestToSend, type TestSigner } from './signing.testing.ts';

let store: KeyValueStore;
let clock: Date;
let gateways: Harness[];
let gateway: Harness;
let alice: TestSigner;
let writes: string[];
let reads: string[];

beforeEach(async () => {
  gateways = [];
  writes = [];
  reads = [];
  clock = new Date();
  const own = createMemoryStore({ now: () => clock.getTime() });
  const replace: KeyValueStore['replace'] = (key, ...rest) => {
    writes.push(key);
    return own.replace(key, ...rest);
  };
  const get: KeyValueStore['get'] = (key) => {
    reads.push(key);
    return own.get(key);
  };
  store = { ...own, get, replace };
  gateway = await start();
  alice = makeTestSigner(gateway);
});
afterEach(async () => {
  for (const each of gateways) await each.close();
});

async function start(o: Partial<HarnessOptions> = {}): Promise<Harness> {
  const config = { trustedProxies: ['127.0.0.1/32'] };
  const overrides = { now: () => clock, store };
  const started = await startHarness({ logger: quietLogger(), config, overrides, ...o });
  gateways.push(started);
  return started;
}

function sendFrom(address: string, signer: TestSigner, changes: RequestToSend = {}): Promise<RawAnswer> {
  const ts = Math.floor(clock.getTime() / 1000);
  return signer.send({ ts, lines: [`X-Forwarded-For: ${address}`] }, changes);
}
const bad = (address = '10.0.0.1', signer = alice): Promise<RawAnswer> =>
  sendFrom(address, signer, { target: '/users' });
const good = (address = '10.0.0.1', signer = alice): Promise<RawAnswer> => sendFrom(address, signer);
async function badOnes(times: number, address?: string, signer?: TestSigner): Promise<void> {
  for (let n = 0; n < times; n += 1) expect(codeOf(await bad(address, signer))).toBe('bad_signature');
}

describe('five bad signatures in a row', () => {
  it('block their address for 30 s, whoever signs then, and ask nobody meanwhile', async () => {
    await badOnes(5);
    gateway.identity.questions.length = 0;
    const answer = await good();
    expect([answer.status, codeOf(answer), answer.headers['retry-after']]).toEqual([429, 'too_many_failures', '30']);
    expect(gateway.identity.questions).toEqual([]);
    expect((await good('10.0.0.2')).status).toBe(200);
    clock = new Date(clock.getTime() + 30_000);
    expect((await good()).status).toBe(200);
  });

  it('block before a byte of the body is wanted', async () => {
    await badOnes(5);
    const lines = ['X-Forwarded-For: 10.0.0.1', 'Expect: 100-continue', 'Content-Length: 5'];
    const ts = Math.floor(clock.getTime() / 1000);
    const answer = await alice.send({ method: 'POST', ts, lines });
    expect(answer.text).toMatch(/^HTTP\/1\.1 429 /);
  });

  it('are counted together on every gateway of a store', async () => {
    const second = await start();
    const other = makeTestSigner(second);
    await badOnes(3);
    await badOnes(2, '10.0.0.1', other);
    expect(codeOf(await good())).toBe('too_many_failures');
    expect(codeOf(await good('10.0.0.1', other))).toBe('too_many_failures');
  });

  it('are those of one /64, and none of what the client writes in front of it', async () => {
    await badOnes(2, '2001:db8::1');
    await badOnes(2, '2001:db8::2:1');
    await badOnes(1, '10.9.9.9, 2001:db8::3');
    expect(codeOf(await good('2001:db8::ffff'))).toBe('too_many_failures');
    expect((await good('2001:db8:0:1::1')).status).toBe(200);
  });

  it('do not keep others from reading, and count for nobody without a signature', async () => {
    await badOnes(5);
    const answer = await fetch(`${gateway.url}/assets`, { headers: { 'x-forwarded-for': '10.0.0.1' } });
    expect(answer.status).toBe(200);
  });
});

it('a good signature resets the count, and is written down only then', async () => {
  await badOnes(4);
  expect((await good()).status).toBe(200);
  await badOnes(4);
  writes.length = 0;
  expect((await good()).status).toBe(200);
  expect(writes).toEqual(['authfail:msign:10.0.0.1']);
  reads.length = 0;
  expect((await good()).status).toBe(200);
  expect(writes).toHaveLength(1);
  expect(reads.toSorted()).toEqual(['authfail:10.0.0.1', 'authfail:msign:10.0.0.1']);
});

it('who is blocked for guessing passwords cannot sign either, and a good signature forgets no such guess', async () => {
  const passwords = createFailureLimiter({ store, logger: quietLogger(), now: () => clock });
  for (let n = 0; n < 4; n += 1) await passwords.fail('10.0.0.1');
  expect((await good()).status).toBe(200);
  await passwords.fail('10.0.0.1');
  expect([(await good()).status, (await good('10.0.0.2')).status]).toEqual([429, 200]);
});

it.each(['key_expired', 'key_revoked', 'replayed', 'account_disabled', 'unavailable'])(
  '%s is no failure',
  async (code) => {
    gateway.identity.judge = () => ({ ok: false, code });
    for (let n = 0; n < 6; n += 1) expect((await good()).status).not.toBe(429);
    expect(writes).toEqual([]);
  },
);

it('a header that is none, or a time that is off, is no failure', async () => {
  for (let n = 0; n < 6; n += 1)
    expect(codeOf(await sendFrom('10.0.0.1', alice, { host: 'evil.example' }))).toBe('msign_host');
  expect((await good()).status).toBe(200);
});

it('many requests at once from one address ask the store few times', async () => {
  let asked = 0;
  const get: KeyValueStore['get'] = async (key) => {
    if (key.startsWith('authfail:')) asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return store.get(key);
  };
  const slow = await start({ overrides: { now: () => clock, store: { ...store, get } } });
  const signer = makeTestSigner(slow);
  const answers = await Promise.all(Array.from({ length: 50 }, () => good('10.0.0.1', signer)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(25);
});
