import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStandInL2, type Calling, type StandInL2 } from '../packages/l1-kit/src/stand-in-l2.testing.ts';
import { hasPython, startPythonL1, type PythonL1 } from './lib/python-l1.ts';

if (!hasPython) console.log('Left out: the L1 in Python, as there is no python3.');

let l2: StandInL2;
let l1: PythonL1;
beforeAll(async () => {
  l2 = await startStandInL2(() => l1.url);
  if (hasPython) l1 = await startPythonL1(l2.url);
});
afterAll(async () => {
  await l1?.stop();
  await l2.close();
});

async function enter(username: string) {
  const minted = l2.mint(username, l1.url);
  const response = await fetch(`${l1.url}/auth?auth_token=${minted.token}`, { redirect: 'manual' });
  return { ...minted, status: response.status, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}
const me = async (cookie: string): Promise<number> => (await fetch(`${l1.url}/me`, { headers: { cookie } })).status;

if (hasPython)
  describe('an L1 in Python, which reads the wire format by itself', () => {
    it('lets in whom L2 vouches for, and throws out whom L2 names', async () => {
      const [one, two] = [await enter('giles'), await enter('giles')];
      expect([one.status, await me(one.cookie), await me('')]).toEqual([303, 200, 401]);
      const body = { jti: one.jti, token_hash: one.tokenHash, username: 'giles', l2_server: l2.url, reason: 'logout' };
      for (let call = 0; call < 2; call += 1) expect((await l2.call('/auth/revoke', body)).status).toBe(200);
      expect([await me(one.cookie), await me(two.cookie)]).toEqual([401, 200]);
      expect((await l2.call('/auth/revoke-user', { username: 'giles', l2_server: l2.url })).status).toBe(200);
      expect(await me(two.cookie)).toBe(401);
    });

    it.each(['token_hash', 'jti'])(
      'knows a token by its %s alone, also when it comes after the revocation',
      async (name) => {
        const { token, tokenHash, jti } = l2.mint('giles', l1.url);
        const by = { token_hash: tokenHash, jti }[name];
        expect((await l2.call('/auth/revoke', { [name]: by, username: 'giles', l2_server: l2.url })).status).toBe(200);
        expect((await fetch(`${l1.url}/auth?auth_token=${token}`, { redirect: 'manual' })).status).toBe(401);
      },
    );

    it('ends all of a user up to the call, nobody else, and nothing that is issued later', async () => {
      const [ben, eve] = [await enter('ben'), await enter('eve')];
      const body = { username: 'ben', l2_server: l2.url };
      expect((await l2.call('/auth/revoke-user', body)).status).toBe(200);
      expect([await me(ben.cookie), await me(eve.cookie)]).toEqual([401, 200]);
      const later = l2.mint('ben', l1.url, { issuedAt: new Date(Date.now() + 2000) });
      const arrive = (): Promise<Response> => fetch(`${l1.url}/auth?auth_token=${later.token}`, { redirect: 'manual' });
      expect((await arrive()).status).toBe(303);
      // An older call that was long on its way.
      expect((await l2.call('/auth/revoke-user', body, { date: new Date(Date.now() - 60_000) })).status).toBe(200);
      expect((await arrive()).status).toBe(303);
      expect((await fetch(`${l1.url}/auth?auth_token=${ben.token}`, { redirect: 'manual' })).status).toBe(401);
    });

    it('takes no token of others, and none that is dead', async () => {
      const foreign = l2.mint('giles', 'https://other.example');
      expect((await fetch(`${l1.url}/auth?auth_token=${foreign.token}`)).status).toBe(403);
      const dead = l2.mint('giles', l1.url);
      l2.kill(dead.token);
      expect((await fetch(`${l1.url}/auth?auth_token=${dead.token}`)).status).toBe(401);
    });

    it('refuses what L2 did not sign so', async () => {
      const anna = await enter('anna');
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const body = { jti: 'tok_x', username: 'giles', l2_server: l2.url };
      const sent = JSON.stringify({ ...body, jti: anna.jti, username: 'anna' });
      const call = async (o: Calling): Promise<[number, string]> => {
        const response = await l2.call('/auth/revoke', body, o);
        return [response.status, ((await response.json()) as { code: string }).code];
      };
      expect(await call({ unsigned: true })).toEqual([401, 'signature_missing']);
      expect(await call({ key: privateKey })).toEqual([401, 'signature_invalid']);
      expect(await call({ sent })).toEqual([401, 'digest_mismatch']);
      expect(await call({ date: new Date(Date.now() - 301_000) })).toEqual([401, 'date_skew']);
      expect(await call({ keyId: 'https://evil.example/actor#main-key' })).toEqual([401, 'key_unavailable']);
      const other = await l2.call('/auth/revoke', { ...body, jti: anna.jti, l2_server: 'https://other.example' });
      expect([other.status, await other.json()]).toEqual([401, { code: 'signer_not_allowed' }]);
      const nothing = await l2.call('/auth/revoke', { username: 'anna', l2_server: l2.url });
      expect([nothing.status, await nothing.json()]).toEqual([422, { code: 'invalid_body' }]);
      expect(await me(anna.cookie)).toBe(200);
    });
  });
