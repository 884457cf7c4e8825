import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

const l1 = 'https://l1.example';
const other = 'https://other.example/l1';
let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 2 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger() });
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

interface Account {
  actorId: string;
  sessionId: string;
  username: string;
  authorization: string;
  password: string;
}
let accounts = 0;

async function signUp(): Promise<Account> {
  accounts += 1;
  const account = { username: `painter-${accounts}`, password: 'correct horse battery' };
  return { ...account, ...(await signedIn(await auth.post('/auth/register', account))) };
}
async function signIn({ username, password }: Account): Promise<Account> {
  const answer = await auth.post('/auth/login', { username, password });
  return { username, password, ...(await signedIn(answer)) };
}
async function signedIn({ body }: Answer): Promise<{ actorId: string; sessionId: string; authorization: string }> {
  const authorization = `Bearer ${body.session_token}`;
  const me = (await auth.get('/auth/me', { authorization })).body;
  return { actorId: me.actor_id, sessionId: me.auth.session_id, authorization };
}

async function ask(path: string, body: unknown, service = 'l1-bridge'): Promise<Answer> {
  return await auth.post(path, body, { 'x-actor-assertion': await auth.assertionOf(service) });
}
const mint = (who: Account, l1_server = l1, session_id: string | null = who.sessionId): Promise<Answer> =>
  ask('/internal/auth/tokens/l1', { actor_id: who.actorId, session_id, l1_server });
const mintBy = (credential_id: string, who: Account, l1_server = l1): Promise<Answer> =>
  ask('/internal/auth/tokens/l1', { actor_id: who.actorId, credential_id, l1_server });
const end = (who: Account, more: object = {}): Promise<Answer> =>
  ask('/internal/auth/tokens/l1/revoke', { actor_id: who.actorId, l1_server: l1, reason: 'detach', ...more });
async function revokedAmong(ids: string[]): Promise<Record<string, string>> {
  return (await ask('/internal/auth/tokens/status', { ids })).body.revoked;
}

const revokedEvents = async (ids: string[]): Promise<unknown[]> =>
  (
    await auth.sql(
      `SELECT payload::jsonb -> 'data' AS data FROM auth.outbox WHERE type = 'token-revoked' AND payload::jsonb ->> 'subject' = ANY($1)`,
      [ids],
    )
  ).map(({ data }) => data);

describe('POST /internal/auth/tokens/l1', () => {
  it('mints a JWT that says what the spec asks of it, and stores only its hash', async () => {
    const who = await signUp();
    const { status, headers, body } = await mint(who);
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      ...{ token: expect.any(String), jti: expect.stringMatching(/^tok_[0-9a-z]{26}$/) },
      ...{ token_hash: createHash('sha256').update(body.token).digest('hex'), expires_at: expect.stringMatching(/Z$/) },
      superseded: [],
    });
    const jwks = createLocalJWKSet((await auth.get('/.well-known/jwks.json')).body);
    const expected = { issuer: 'l2.test', audience: l1, typ: 'l1+jwt', algorithms: ['RS256'] };
    const { payload, protectedHeader } = await jwtVerify(body.token, jwks, expected);
    expect(protectedHeader.kid).toEqual(expect.any(String));
    expect(payload).toEqual({
      ...{ iss: 'l2.test', aud: l1, iat: expect.any(Number), exp: Number(payload.iat) + 30 * 86_400, jti: body.jti },
      ...{ sub: who.username, username: who.username, actor_id: who.actorId, token_use: 'l1' },
      ...{ l2_server: 'https://l2.test', l1_server: l1, scopes: ['l1:use', 'assets:record'] },
    });
    expect(JSON.stringify(await auth.sql('SELECT * FROM auth.api_tokens'))).not.toContain(body.token);
  });

  it('keeps ten live tokens of an actor at one L1: the oldest give way, for good and at once', async () => {
    const [who, another] = [await signUp(), await signUp()];
    const [elsewhere, theirs] = [await mint(who, other), await mint(another)];
    const made: Answer[] = [];
    for (let n = 0; n < 10; n += 1) made.push(await mint(who));
    expect(made.flatMap(({ body }) => body.superseded)).toEqual([]);
    const more = await Promise.all([1, 2, 3].map(() => mint(who)));
    const gone = made.slice(0, 3).map(({ body }) => ({ jti: body.jti, token_hash: body.token_hash }));
    expect(more.flatMap(({ body }) => body.superseded).toSorted((a, b) => (a.jti < b.jti ? -1 : 1))).toEqual(gone);
    const revoked = await revokedAmong(
      [...made, ...more, elsewhere, theirs].map(({ body }: Answer) => String(body.jti)),
    );
    expect(revoked).toEqual(Object.fromEntries(gone.map(({ jti }) => [jti, 'superseded'])));
  });

  it('is for l1-bridge only', async () => {
    const who = await signUp();
    const body = { actor_id: who.actorId, l1_server: l1 };
    for (const service of ['gateway', 'identity', 'federation', 'asset-registry', 'web']) {
      expect((await ask('/internal/auth/tokens/l1', body, service)).status).toBe(403);
      expect((await ask('/internal/auth/tokens/l1/revoke', { ...body, reason: 'x' }, service)).status).toBe(403);
    }
    expect((await auth.post('/internal/auth/tokens/l1', body)).status).toBe(401);
  });

  it('mints nothing for a session that has ended or is another’s, for nobody and for a disabled actor', async () => {
    const [who, another] = [await signUp(), await signUp()];
    expect((await mint({ ...who, sessionId: another.sessionId })).status).toBe(401);
    expect((await mint({ ...who, actorId: 'user:nobody' })).status).toBe(401);
    await auth.post('/auth/logout', {}, { authorization: who.authorization });
    expect((await mint(who)).status).toBe(401);
    await auth.sql(`UPDATE auth.actors SET status = 'disabled' WHERE id = $1`, [another.actorId]);
    expect((await mint(another, l1, null)).status).toBe(401);
  });

  it('mints nothing for an agent while its owner is disabled, and ends what it had minted', async () => {
    const owner = await signUp();
    const wanted = { ref: 'x:bot', actor_type: 'agent', handle: 'bot', method: 'public_key' };
    const made = await ask('/internal/actors', { ...wanted, owner_actor_id: owner.actorId }, 'identity');
    const agent = { ...owner, actorId: String(made.body.actor_id) };
    const { jti } = (await mintBy('key_of_bot', agent)).body;
    const disabled = { status: 'disabled', reason: 'operator' };
    expect((await ask(`/internal/actors/${owner.actorId}/end`, disabled, 'identity')).status).toBe(200);
    expect((await mintBy('key_of_bot', agent)).status).toBe(401);
    expect(await revokedAmong([jti])).toEqual({ [jti]: 'owner_disabled' });
    expect(await revokedEvents([jti])).toMatchObject([{ l1_token: { l1_server: l1, reason: 'owner_disabled' } }]);
  });

  it.each([
    ['nothing', {}],
    ['no actor', { l1_server: l1 }],
    ['an actor with a NUL', { actor_id: 'user:\u0000', l1_server: l1 }],
    ['no L1', { actor_id: 'user:1' }],
    ['an L1 with a line break', { actor_id: 'user:1', l1_server: 'https://l1.example/\r\nx' }],
    ['a script for an L1', { actor_id: 'user:1', l1_server: 'javascript:alert(1)' }],
    ['a huge L1', { actor_id: 'user:1', l1_server: `https://${'a'.repeat(3000)}` }],
    ['a number for a session', { actor_id: 'user:1', l1_server: l1, session_id: 7 }],
  ])('refuses %s', async (_, body) => {
    expect((await ask('/internal/auth/tokens/l1', body)).status).toBe(422);
  });
});

describe('POST /internal/auth/tokens/l1/revoke', () => {
  it('ends what the actor has at that L1, one or all, and nothing else; repeating it is safe', async () => {
    const [who, another] = [await signUp(), await signUp()];
    const made = await Promise.all([mint(who), mint(who), mint(who, other), mint(another)]);
    const [first, second, elsewhere, theirs] = made.map(({ body }) => String(body.jti));
    expect((await end(who, { jti: first })).body.revoked).toEqual([
      { jti: first, token_hash: made[0]?.body.token_hash },
    ]);
    expect((await end(who, { jti: theirs })).body.revoked).toEqual([]);
    expect((await end(who)).body.revoked.map(({ jti }: { jti: string }) => jti)).toEqual([second]);
    expect((await end(who)).body.revoked).toEqual([]);
    const revoked = await revokedAmong([first, second, elsewhere, theirs].map(String));
    expect(Object.entries(revoked).toSorted()).toEqual([first, second].toSorted().map((id) => [id, 'detach']));
  });
});

async function newApiKey({ authorization }: Account): Promise<{ id: string; remove: () => Promise<Answer> }> {
  const { id } = (await auth.post('/auth/api-keys', { description: 'ci' }, { authorization })).body;
  return { id, remove: () => auth.send('DELETE', `/auth/api-keys/${id}`, undefined, { authorization }) };
}
describe('the end of what somebody attached by', () => {
  it('ends what L1s got by an API key with it, wherever, tells of each, and mints nothing by it afterwards', async () => {
    const who = await signUp();
    const [key, another] = [await newApiKey(who), await newApiKey(who)];
    const made = [await mintBy(key.id, who), await mintBy(key.id, who, other)];
    const others = [await mintBy(another.id, who), await mint(who), await mint(who, l1, null)];
    const idsOf = (answers: Answer[]) => answers.map(({ body }) => String(body.jti));
    const gone = Object.fromEntries(idsOf(made).map((id) => [id, 'api_key_deleted']));
    for (let n = 0; n < 2; n += 1) {
      expect((await key.remove()).status).toBe(200);
      expect(await revokedAmong([...idsOf(made), ...idsOf(others)])).toEqual(gone);
    }
    const told = (l1_server: string) =>
      expect.objectContaining({ l1_token: { l1_server, username: who.username, reason: 'api_key_deleted' } });
    const events = await revokedEvents([...idsOf(made), ...idsOf(others)]);
    expect(events).toHaveLength(2);
    expect(events).toEqual(expect.arrayContaining([told(l1), told(other)]));
    expect((await mintBy(key.id, who)).status).toBe(401);
    expect((await mintBy(another.id, who)).status).toBe(201);
  });

  it('ends what L1s got by a public key when identity has it revoked, of its owner’s and nobody else’s', async () => {
    const [who, another] = [await signUp(), await signUp()];
    const jtiOf = async (key: string, owner = who) => String((await mintBy(key, owner)).body.jti);
    const [held, second, kept] = [await jtiOf('key_one'), await jtiOf('key_two'), await jtiOf('key_three')];
    const theirs = await jtiOf('key_four', another);
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    const ids = ['key_two', 'key_one', 'key_four'].map((id) => ({
      ...{ id, reason: 'revoked_by_owner', expires_at, actor_id: who.actorId },
    }));
    expect((await ask('/internal/auth/tokens/revoke', { ids }, 'identity')).body).toEqual({ revoked: 3 });
    const gone = [held, second].map((id) => [id, 'key_revoked']);
    expect(await revokedAmong([held, second, kept, theirs])).toEqual(Object.fromEntries(gone));
    expect(await revokedEvents([held, second, kept, theirs])).toHaveLength(2);
    expect((await mintBy('key_one', who)).status).toBe(401);
  });

  it('leaves nothing alive that is minted meanwhile, from thirty rounds', async () => {
    const who = await signUp();
    const statuses: number[] = [];
    for (let round = 0; round < 30; round += 1) {
      const key = await newApiKey(who);
      // At one L1 each: ten at one are all that live.
      const minting = Array.from({ length: 4 }, (_, at) => mintBy(key.id, who, `${l1}/${round}-${at}`));
      await Promise.race(minting.slice(round % 4));
      expect((await key.remove()).status).toBe(200);
      const answers = await Promise.all(minting);
      const good = answers.filter(({ status }) => status === 201).map(({ body }) => String(body.jti));
      statuses.push(...answers.map(({ status }) => status));
      expect(Object.keys(await revokedAmong(good))).toHaveLength(good.length);
    }
    expect(statuses.filter((status) => status !== 201 && status !== 401)).toEqual([]);
    expect(statuses).toContain(201);
  });
});

describe('a logout while L1 tokens are minted', () => {
  it('leaves none alive, from a hundred rounds', async () => {
    const rounds = 100;
    let minted = 0;
    let refused = 0;
    let who = await signUp();
    for (let round = 0; round < rounds; round += 1) {
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const minting = Array.from({ length: 4 }, async (_, at) => {
        await wait(at * 2);
        return await mint(who);
      });
      const leaving = wait(round % 12).then(() => auth.post('/auth/logout', {}, { authorization: who.authorization }));
      const answers = await Promise.all(minting);
      expect((await leaving).status).toBe(200);
      const good = answers.filter(({ status }) => status === 201).map(({ body }) => String(body.jti));
      expect(answers.filter(({ status }) => status !== 201).every(({ status }) => status === 401)).toBe(true);
      minted += good.length;
      refused += answers.length - good.length;
      const revoked = await revokedAmong(good);
      expect(good.filter((jti) => revoked[jti] === undefined)).toEqual([]);
      expect(
        await auth.sql(`SELECT 1 FROM auth.api_tokens WHERE kind = 'l1' AND revoked_at IS NULL AND actor_id = $1`, [
          who.actorId,
        ]),
      ).toEqual([]);
      who = await signIn(who);
    }
    process.stdout.write(
      `${rounds} logouts while minting: ${minted} minted and revoked, ${refused} refused with 401\n`,
    );
    expect(minted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('POST /internal/auth/tokens/l1/find', () => {
  it('says whose token it is and for which L1, revoked or not, to l1-bridge only', async () => {
    const who = await signUp();
    const { jti } = (await mint(who)).body;
    const find = (id: unknown, service = 'l1-bridge'): Promise<Answer> =>
      ask('/internal/auth/tokens/l1/find', { jti: id }, service);
    const token = { actor_id: who.actorId, username: who.username, l1_server: l1 };
    expect((await find(jti)).body).toEqual({ token });
    await end(who);
    expect((await find(jti)).body).toEqual({ token });
    await auth.sql(`UPDATE auth.api_tokens SET expires_at = now() WHERE id = $1`, [jti]);
    expect((await find(jti)).body).toEqual({ token: null });
    expect((await find('tok_01hzy000000000000000000000')).body).toEqual({ token: null });
    expect([(await find('x')).status, (await find(jti, 'gateway')).status]).toEqual([422, 403]);
  });

  it('finds no API token', async () => {
    const who = await signUp();
    const made = await auth.post('/v1/tokens', { label: 'mine', scopes: [] }, { authorization: who.authorization });
    expect(made.status).toBe(201);
    const { body } = await ask('/internal/auth/tokens/l1/find', { jti: made.body.id });
    expect(body).toEqual({ token: null });
  });
});

describe('POST /internal/auth/tokens/l1/holders', () => {
  it('names who has a live token for an L1, each once, to l1-bridge only', async () => {
    const [who, another, gone] = [await signUp(), await signUp(), await signUp()];
    const at = 'https://held.example';
    await Promise.all([mint(who, at), mint(who, at), mint(another, at), mint(gone, at), mint(gone, other)]);
    await ask('/internal/auth/tokens/l1/revoke', { actor_id: gone.actorId, l1_server: at, reason: 'detach' });
    const holders = (limit: number, service = 'l1-bridge'): Promise<Answer> =>
      ask('/internal/auth/tokens/l1/holders', { l1_server: at, limit }, service);
    expect((await holders(10)).body).toEqual({ actor_ids: [who.actorId, another.actorId].toSorted() });
    expect((await holders(1)).body.actor_ids).toHaveLength(1);
    expect([(await holders(0)).status, (await holders(1, 'gateway')).status]).toEqual([422, 403]);
  });
});
