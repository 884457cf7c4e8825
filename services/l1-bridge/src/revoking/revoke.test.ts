import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessToken, makeRingKey } from '@artdag/testing';
import { north, south, startL1World, type Answer, type L1World } from '../l1-world.testing.ts';

let world: L1World;
beforeAll(async () => {
  world = await startL1World();
});
afterAll(() => world.close());

interface Person {
  actor_id: string;
  username: string;
}
let people = 0;
function newPerson(): Person {
  people += 1;
  return world.auth.addActor(`weaver-${people}`);
}
const as = (who: Person): Record<string, string> => ({
  'x-actor-assertion': world.kit.actor({ ...who, scopes: ['l1:attach'] }),
});
async function attach(who: Person, l1_server = north): Promise<{ token: string; jti: string }> {
  const { body } = await world.post('/renderers/attach', { json: { l1_server }, headers: as(who) });
  const { jti = '' } = world.auth.minted.find(({ token }) => token === body.token) ?? {};
  return { token: body.token, jti };
}
const revoke = (json: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  world.post('/auth/revoke', { json, headers });
const verify = async (token: string, l1 = north): Promise<unknown[]> => {
  const { status, body } = await world.post('/auth/verify', { json: { token, l1_server: l1 } });
  return [status, body.code];
};
const dead = [401, 'token_revoked'];
const rowsOf = (who: Person) => world.sql('SELECT jti FROM user_renderers WHERE actor_id = $1', [who.actor_id]);
const callsTo = (who: Person) => world.sql('SELECT jti FROM l1_revocations WHERE username = $1', [who.username]);

describe('POST /auth/revoke by an L1', () => {
  it('ends the token, forgets the attachment, and tells the L1 nothing that it knows', async () => {
    const who = newPerson();
    const { token } = await attach(who);
    const { status, headers, body } = await revoke({ token, l1_server: `${north}/` });
    expect([status, body, headers.get('cache-control')]).toEqual([200, { revoked: true }, 'no-store']);
    expect(await verify(token)).toEqual(dead);
    expect([await rowsOf(who), await callsTo(who)]).toEqual([[], []]);
  });

  it('ends each of the tokens at that L1 by its id, of which the attachment names one', async () => {
    const who = newPerson();
    const made = [await attach(who), await attach(who), await attach(who)];
    const [first, second, third] = made;
    expect((await revoke({ jti: first?.jti, l1_server: north })).body).toEqual({ revoked: true });
    expect((await revoke({ jti: first?.jti, l1_server: north })).body).toEqual({ revoked: false });
    const good = [200, undefined];
    expect(await Promise.all(made.map(({ token }) => verify(token)))).toEqual([dead, good, good]);
    expect(await rowsOf(who)).toEqual([{ jti: third?.jti }]);
    expect((await revoke({ jti: third?.jti, l1_server: `${north}/` })).body).toEqual({ revoked: true });
    expect(await verify(second?.token ?? '')).toEqual(good);
    expect([await rowsOf(who), await callsTo(who)]).toEqual([[], []]);
  });

  it('lets no L1 end the token of another by its id, nor hear that there is one', async () => {
    const who = newPerson();
    const { token, jti } = await attach(who);
    const unknown = { revoked: false };
    for (const id of [jti, 'tok_01hzy000000000000000000000'])
      expect((await revoke({ jti: id, l1_server: south })).body).toEqual(unknown);
    const unlisted = await revoke({ jti, l1_server: 'https://unlisted.example' });
    expect([unlisted.status, unlisted.body.code]).toEqual([403, 'l1_not_authorized']);
    expect(await verify(token)).toEqual([200, undefined]);
    expect(await rowsOf(who)).toEqual([{ jti }]);
  });

  it('wants the signature of an L1 that has a key, where the token itself is not sent', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const public_key_pem = publicKey.export({ type: 'spki', format: 'pem' });
    const { token, jti } = await attach(newPerson(), south);
    await world.operate('/set-key', { url: south, public_key_pem });
    const unsigned = await revoke({ jti, l1_server: south });
    expect([unsigned.status, unsigned.body.code]).toEqual([401, 'signature_missing']);
    expect(await verify(token, south)).toEqual([200, undefined]);
    expect((await revoke({ token, l1_server: south })).body).toEqual({ revoked: true });
    await world.operate('/set-key', { url: south, public_key_pem: null });
  });

  it('keeps the attachment when an older token ends', async () => {
    const who = newPerson();
    const [older, newer] = [await attach(who), await attach(who)];
    await revoke({ token: older.token, l1_server: north });
    expect([await verify(older.token), await verify(newer.token)]).toEqual([dead, [200, undefined]]);
    expect(await rowsOf(who)).toEqual([{ jti: newer.jti }]);
  });

  it('answers 200 as well when it is repeated, and to what is unknown, expired or no token at all', async () => {
    const { token } = await attach(newPerson());
    const by = async () => (await revoke({ token, l1_server: north })).body;
    expect([await by(), await by()]).toEqual([{ revoked: true }, { revoked: false }]);
    const expired = world.auth.tokenFor({ username: 'x', l1Server: north, claims: { iat: 1, exp: 2 } });
    const forged = accessToken(makeRingKey('ring-1'));
    for (const unknown of ['x', expired.token, forged]) {
      const { status, body } = await revoke({ token: unknown, l1_server: north });
      expect([status, body]).toEqual([200, { revoked: false }]);
    }
  });

  it('lets no L1 end the token of another, and nobody who is not listed any', async () => {
    const { token } = await attach(newPerson());
    const byOther = await revoke({ token, l1_server: south });
    expect([byOther.status, byOther.body.code]).toEqual([403, 'token_scope_mismatch']);
    const unlisted = await revoke({ token, l1_server: 'https://unlisted.example' });
    expect([unlisted.status, unlisted.body.code]).toEqual([403, 'l1_not_authorized']);
    expect(await verify(token)).toEqual([200, undefined]);
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['no token', { l1_server: north }],
    ['no l1_server', { token: 'x' }],
    ['only an id', { jti: 'tok_01hzy000000000000000000000' }],
    ['a token of another type', { token: 7, l1_server: north }],
    ['an id of another form', { jti: "tok_'; --" }],
  ])('answers 422 to %s', async (_, json) => {
    const { status, body } = await revoke(json);
    expect([status, body.code]).toEqual([422, 'validation_error']);
  });

  it('answers 503 when the token cannot be ended, which has not been then', async () => {
    const { token } = await attach(newPerson());
    world.auth.deaf.add('POST /internal/auth/tokens/l1/revoke');
    expect((await revoke({ token, l1_server: north })).status).toBe(503);
    world.auth.deaf.clear();
    expect(await verify(token)).toEqual([200, undefined]);
  });
});

describe('POST /auth/revoke by the owner', () => {
  it('ends a token of theirs, by itself or by its id, and has the L1 told', async () => {
    const who = newPerson();
    const [one, other] = [await attach(who), await attach(who, south)];
    expect((await revoke({ token: one.token }, as(who))).body).toEqual({ revoked: true });
    expect((await revoke({ jti: other.jti }, as(who))).body).toEqual({ revoked: true });
    expect([await verify(one.token), await verify(other.token, south)]).toEqual([dead, dead]);
    expect(await rowsOf(who)).toEqual([]);
    expect((await callsTo(who)).map(({ jti }) => jti).toSorted()).toEqual([one.jti, other.jti].toSorted());
  });

  it('ends each of several at one L1 by its id', async () => {
    const who = newPerson();
    const [older, newer] = [await attach(who), await attach(who)];
    expect((await revoke({ jti: older.jti }, as(who))).body).toEqual({ revoked: true });
    expect([await verify(older.token), await verify(newer.token)]).toEqual([dead, [200, undefined]]);
    expect(await rowsOf(who)).toEqual([{ jti: newer.jti }]);
    expect((await callsTo(who)).map(({ jti }) => jti)).toEqual([older.jti]);
  });

  it('ends nothing of somebody else, which is as unknown as any', async () => {
    const [who, thief] = [newPerson(), newPerson()];
    const { token, jti } = await attach(who);
    for (const which of [{ token }, { jti }, { token, l1_server: north }]) {
      const { status, body } = await revoke(which, as(thief));
      expect([status, body]).toEqual([200, { revoked: false }]);
    }
    expect(await verify(token)).toEqual([200, undefined]);
    expect(await rowsOf(who)).toEqual([{ jti }]);
  });
});
