import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { call, newAccount } from './lib/api-client.ts';
import { startClockedSuite, type ClockedSuite } from './lib/clocked-suite.ts';

const a = 'https://a.l1.example';
const b = 'https://b.l1.example/studio';

let suite: ClockedSuite;
beforeAll(async () => {
  suite = await startClockedSuite({ L1_SERVERS: `${a},${b}`, RATE_LIMIT_SESSION: 'off' }, { between: ['l1-bridge'] });
});
afterAll(() => suite?.remove());

interface Held {
  token: string;
  jti: string;
}
async function attach(token: string, l1: string): Promise<Held> {
  const { status, body } = await call(suite.gateway, '/renderers/attach', { token, body: { l1_server: l1 } });
  expect(status).toBe(200);
  const held = String(body['token']);
  const payload = JSON.parse(Buffer.from(held.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
  return { token: held, jti: payload.jti };
}
const verdict = async ({ token }: Held, l1: string): Promise<unknown> => {
  const { status, body } = await call(suite.gateway, '/auth/verify', { body: { token, l1_server: l1 } });
  return status === 200 ? 'good' : body['code'];
};
const revoke = async (body: object, token?: string): Promise<unknown> => {
  const answer = await call(suite.gateway, '/auth/revoke', { body, ...(token !== undefined && { token }) });
  return answer.body['revoked'] ?? answer.body['code'];
};

it('an L1 ends any token of its own by its id, and none of another L1', async () => {
  const { token } = await newAccount(suite.gateway);
  const own = [await attach(token, a), await attach(token, a), await attach(token, a)];
  const others = [await attach(token, b), await attach(token, b)];
  const verdicts = () =>
    Promise.all([...own.map((held) => verdict(held, a)), ...others.map((held) => verdict(held, b))]);
  for (const { jti } of others) expect(await revoke({ jti, l1_server: a })).toBe(false);
  expect(await revoke({ jti: others[0]?.jti, l1_server: 'https://c.l1.example' })).toBe('l1_not_authorized');
  expect(await verdicts()).toEqual(['good', 'good', 'good', 'good', 'good']);
  for (const { jti } of own) {
    expect(await revoke({ jti, l1_server: a })).toBe(true);
    expect(await revoke({ jti, l1_server: a })).toBe(false);
  }
  const dead = 'token_revoked';
  expect(await verdicts()).toEqual([dead, dead, dead, 'good', 'good']);
});

it('a person ends any L1 token of theirs by its id, and none of anybody else', async () => {
  const [giles, thief] = [await newAccount(suite.gateway), await newAccount(suite.gateway)];
  const held = [await attach(giles.token, a), await attach(giles.token, a), await attach(giles.token, b)];
  const [first, , third] = held;
  for (const { jti, token } of held) {
    expect(await revoke({ jti }, thief.token)).toBe(false);
    expect(await revoke({ token }, thief.token)).toBe(false);
  }
  expect(await revoke({ jti: first?.jti }, giles.token)).toBe(true);
  expect(await revoke({ jti: third?.jti }, giles.token)).toBe(true);
  const at = [a, a, b];
  const verdicts = await Promise.all(held.map((one, n) => verdict(one, at[n] ?? '')));
  expect(verdicts).toEqual(['token_revoked', 'good', 'token_revoked']);
});
