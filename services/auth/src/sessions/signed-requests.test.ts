import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes, type Assertion } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';

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

interface Person {
  actor: Assertion['actor'];
  username: string;
  session: string;
}

let people = 0;

async function somebody(): Promise<Person> {
  people += 1;
  const username = `signer-${people}`;
  const { body } = await auth.post('/auth/register', { username, password: 'correct horse' });
  return { actor: body.actor, username, session: body.session_token };
}

/** A request that was signed with the person's public key, as the gateway passes it on. */
async function signed({ actor, username }: Person, method: string, path: string, body?: object): Promise<Answer> {
  const assertion: Assertion = {
    ...{ actor, username, org_id: null, scopes: [...allScopes], sid: null, jti: 'key_01' },
    ...{ method: 'msign', token_use: 'msign' },
  };
  const token = await (await auth.gateway()).sign('auth', assertion, username);
  return await auth.send(method, path, body, { 'x-actor-assertion': token });
}

const isSignedIn = async ({ session }: Person): Promise<boolean> =>
  (await auth.get('/auth/me', { authorization: `Bearer ${session}` })).status === 200;

describe('a request that is signed with a public key (MSign)', () => {
  it('is told who it is, and that there is no session', async () => {
    const person = await somebody();
    const { status, body } = await signed(person, 'GET', '/auth/me');
    expect([status, body.username]).toEqual([200, person.username]);
    expect(body.auth).toEqual({ method: 'msign', session_id: null, scopes: allScopes, expires_at: null });
  });

  it('ends no session by a logout, and with `all` every one of the actor', async () => {
    const [person, other] = [await somebody(), await somebody()];
    for (const body of [undefined, {}, { all: false }]) {
      const answer = await signed(person, 'POST', '/auth/logout', body);
      expect([answer.status, answer.body]).toEqual([200, { status: 'logged_out' }]);
      expect(await isSignedIn(person)).toBe(true);
    }
    expect((await signed(person, 'POST', '/auth/logout', { all: 'yes' })).status).toBe(422);
    expect((await signed(person, 'POST', '/auth/logout', { all: true })).body).toEqual({ status: 'logged_out' });
    expect([await isSignedIn(person), await isSignedIn(other)]).toEqual([false, true]);
  });

  it('lists API keys, but makes and ends none', async () => {
    const person = await somebody();
    const bearer = { authorization: `Bearer ${person.session}` };
    const { body: key } = await auth.post('/auth/api-keys', { description: 'x' }, bearer);
    const listed = await signed(person, 'GET', '/auth/api-keys');
    expect([listed.status, listed.body[0].id]).toEqual([200, key.id]);
    const { status, body } = await signed(person, 'DELETE', `/auth/api-keys/${key.id}`);
    expect([status, body.code]).toEqual([403, 'session_required']);
  });

  it.each([
    ['POST', '/auth/api-keys', { description: 'x' }],
    ['POST', '/v1/tokens', { label: 'x' }],
    ['GET', '/v1/tokens', undefined],
    ['DELETE', '/v1/tokens/tok_01', undefined],
    ['DELETE', '/v1/tokens/key_02', undefined],
    ['GET', '/auth/sessions', undefined],
    ['DELETE', '/auth/sessions', undefined],
    ['DELETE', '/auth/sessions/ses_01', undefined],
    ['PATCH', '/auth/me', { display_name: 'x' }],
    ['DELETE', '/auth/me', { password: 'correct horse' }],
    ['POST', '/auth/password', { current_password: 'correct horse', new_password: 'another horse' }],
  ])('needs a session for %s %s', async (method, path, body) => {
    const answer = await signed(await somebody(), method, path, body);
    expect([answer.status, answer.body.code]).toEqual([403, 'session_required']);
  });
});
