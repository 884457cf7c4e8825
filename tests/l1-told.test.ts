import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { AssertionSigner } from '@artdag/actor-context';
import { eventually } from '@artdag/testing';
import { call, newAccount, type Answer } from './lib/api-client.ts';
import { startSuiteWithL1, type SuiteWithL1 } from './lib/l1/suite-with-l1.ts';

let started: SuiteWithL1;
let suite: SuiteWithL1['suite'];
let farm: SuiteWithL1['farm'];
/** l1-bridge, as auth knows it: what it asks for before it dies. */
let bridge: AssertionSigner;
let l1 = '';

beforeAll(async () => {
  started = await startSuiteWithL1();
  ({ suite, farm, url: l1 } = started);
  bridge = await suite.signerOf('l1-bridge');
});
beforeEach(() => void farm.calls.splice(0));
afterAll(() => started?.close());

interface Person {
  token: string;
  actorId: string;
}
async function newPerson(): Promise<Person> {
  const { token } = await newAccount(suite.gateway);
  return { token, actorId: String((await call(suite.gateway, '/auth/me', { token })).body['actor_id']) };
}
const jtiOf = (token: unknown): string =>
  (JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti;
async function attach({ token }: Person): Promise<{ token: string; jti: string }> {
  const { status, body } = await call(suite.gateway, '/renderers/attach', { token, body: { l1_server: l1 } });
  expect(status).toBe(200);
  return { token: String(body['token']), jti: jtiOf(body['token']) };
}
async function askAuth(path: string, body: object): Promise<Answer> {
  const headers = { 'x-actor-assertion': await bridge.forService('auth') };
  return await call(suite.auth, `/internal/auth/tokens/l1${path}`, { body, headers });
}
const verdict = async (token: string): Promise<unknown> => {
  const { status, body } = await call(suite.gateway, '/auth/verify', { body: { token, l1_server: l1 } });
  return status === 200 ? 'good' : body['code'];
};
const told = (): unknown[] =>
  farm.calls.map(({ body }) => {
    const { jti, reason } = JSON.parse(body.toString()) as Record<string, unknown>;
    return [jti, reason];
  });
const hears = (...calls: unknown[][]): Promise<void> =>
  eventually(() => expect(told().toSorted()).toEqual(calls.toSorted()));

it('attaching again lets the token of before live on, for another browser, and there is nothing to tell', async () => {
  const giles = await newPerson();
  const [first, second] = [await attach(giles), await attach(giles)];
  expect([await verdict(first.token), await verdict(second.token)]).toEqual(['good', 'good']);
  await call(suite.gateway, '/renderers/detach', { token: giles.token, body: { l1_server: l1 } });
  await hears([first.jti, 'detached'], [second.jti, 'detached']);
});

it('an L1 is told of the oldest of eleven, which gives way', async () => {
  const giles = await newPerson();
  const first = await attach(giles);
  for (let n = 0; n < 10; n += 1) await attach(giles);
  expect(await verdict(first.token)).toBe('token_revoked');
  await hears([first.jti, 'superseded']);
});

it('an L1 is told of the oldest as well when nobody got the answer with the eleventh', async () => {
  const giles = await newPerson();
  const first = await attach(giles);
  for (let n = 0; n < 9; n += 1) await attach(giles);
  const minted = await askAuth('', { actor_id: giles.actorId, session_id: null, l1_server: l1 });
  expect(minted.status).toBe(201);
  expect(await verdict(first.token)).toBe('token_revoked');
  await hears([first.jti, 'superseded']);
});

it('an L1 is told of a token without an attachment that ended for whoever was interrupted after that', async () => {
  const giles = await newPerson();
  const [older, newer] = [await attach(giles), await attach(giles)];
  const which = { actor_id: giles.actorId, l1_server: l1, jti: older.jti, reason: 'evicted' };
  expect((await askAuth('/revoke', which)).status).toBe(200);
  expect([await verdict(older.token), await verdict(newer.token)]).toEqual(['token_revoked', 'good']);
  await hears([older.jti, 'evicted']);
});

it('an L1 is told nothing of what it has said itself', async () => {
  const giles = await newPerson();
  const [older, newer, last] = [await attach(giles), await attach(giles), await attach(giles)];
  for (const which of [{ token: older.token }, { jti: last.jti }]) {
    const { body } = await call(suite.gateway, '/auth/revoke', { body: { ...which, l1_server: l1 } });
    expect(body).toEqual({ revoked: true });
  }
  // Later than both, by the same way.
  await askAuth('/revoke', { actor_id: giles.actorId, l1_server: l1, jti: newer.jti, reason: 'evicted' });
  await hears([newer.jti, 'evicted']);
});

it('detaching is no deadlock with the event that tells of the same end', async () => {
  const people = await Promise.all(Array.from({ length: 6 }, newPerson));
  const rounds = people.map(async (person) => {
    const answers: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      await attach(person);
      const body = { l1_server: l1 };
      answers.push((await call(suite.gateway, '/renderers/detach', { token: person.token, body })).status);
    }
    return answers;
  });
  const answers = (await Promise.all(rounds)).flat();
  expect(answers).toEqual(answers.map(() => 200));
});
