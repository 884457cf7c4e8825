import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/auth';
import { collectLogs, createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from 'jose';
import { startAuth, type RunningAuth, type StartAuthOptions } from '../start-auth.testing.ts';

let database: TestDatabase;
let tables: Database;
let running: RunningAuth[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
});
afterEach(async () => {
  await Promise.all(running.map((auth) => auth.stop()));
  running = [];
  await tables.close();
  await database.drop();
});

async function start(o: Partial<StartAuthOptions> = {}): Promise<RunningAuth> {
  const auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), ...o });
  running.push(auth);
  return auth;
}

const giles = { username: 'giles', password: 'correct horse battery' };
const otherSecret = { env: { JWT_SECRET: 'another secret of more than 32 bytes' } };
const meStatus = async (auth: RunningAuth, token: string): Promise<number> =>
  (await auth.get('/auth/me', { authorization: `Bearer ${token}` })).status;

describe('access tokens', () => {
  it('say what credentials.md asks of them, and verify by the published key set alone', async () => {
    const auth = await start();
    const { body } = await auth.post('/auth/register', giles);
    const jwks = await auth.get('/.well-known/jwks.json');
    expect(jwks.headers.get('cache-control')).toBe('public, max-age=300');
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(jwks.body), {
      ...{ issuer: 'l2.test', audience: 'l2.test', typ: 'at+jwt', algorithms: ['RS256'] },
    });
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: jwks.body.keys[0].kid });
    const [session] = await auth.sql('SELECT id, org_id FROM auth.sessions');
    expect(payload).toEqual({
      ...{ iss: 'l2.test', aud: 'l2.test', iat: expect.any(Number), exp: Number(payload.iat) + 3600 },
      ...{ jti: expect.stringMatching(/^tok_/), token_use: 'access', sub: body.actor.actor_id },
      ...{ username: 'giles', name: 'giles', handle: 'giles', sid: session?.['id'], org: session?.['org_id'] },
      ...{ role: 'owner', roles: ['microdao_owner'], microdao_ids: ['microdao:giles'] },
      scopes: [...allScopes],
    });
  });
});

describe('the key ring', () => {
  it('publishes public members only, the kid being the RFC 7638 thumbprint', async () => {
    const auth = await start();
    const { keys } = (await auth.get('/.well-known/jwks.json')).body;
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(keys[0]).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256', kid: await calculateJwkThumbprint(keys[0]) });
  });

  it('has one primary key after ten replicas started on an empty database at once', async () => {
    const config = { databasePoolMax: 2 };
    const replicas = await Promise.all(Array.from({ length: 10 }, () => start({ config })));
    const rows = await replicas[0]?.sql(`SELECT kid, status FROM auth.signing_keys WHERE use = 'token'`);
    expect(rows).toEqual([{ kid: expect.any(String), status: 'primary' }]);
    const kids = await Promise.all(
      replicas.map(async (auth) =>
        (await auth.get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid),
      ),
    );
    expect(new Set(kids.flat())).toEqual(new Set([rows?.[0]?.['kid']]));
  });

  it('keeps tokens alive over a restart with the same secret, whatever whitespace surrounds it', async () => {
    const before = await start({ env: { JWT_SECRET: `${'s'.repeat(40)}\n` } });
    const { body } = await before.post('/auth/register', giles);
    const after = await start({ env: { JWT_SECRET: `  ${'s'.repeat(40)} ` } });
    expect(await meStatus(after, body.access_token)).toBe(200);
  });

  it('leaves tokens dead under another secret, and alive again under the first', async () => {
    const first = await start();
    const { body } = await first.post('/auth/register', giles);
    const second = await start(otherSecret);
    expect(await meStatus(second, body.access_token)).toBe(401);
    expect((await second.get('/.well-known/jwks.json')).body.keys).toHaveLength(1);
    const { body: login } = await second.post('/auth/login', giles);
    expect(await meStatus(second, login.access_token)).toBe(200);
    const third = await start();
    expect(await meStatus(third, body.access_token)).toBe(200);
    expect(await meStatus(third, login.access_token)).toBe(401);
  });

  it('is stored with no private key that could be used', async () => {
    const auth = await start();
    const [row] = await auth.sql('SELECT * FROM auth.signing_keys');
    expect(row).toMatchObject({ alg: 'RS256', use: 'token', service: null, not_after: null });
    expect(Object.keys(row?.['public_jwk'] as object).toSorted()).toEqual(['e', 'kty', 'n']);
    expect(row?.['private_enc']).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(String(row?.['private_enc']).slice(3), 'base64url').toString('latin1')).not.toContain('*\x86H');
  });

  it('does not open a private key under the row of another', async () => {
    const auth = await start();
    await auth.sql(`UPDATE auth.signing_keys SET kid = 'moved'`);
    const next = await start();
    const { keys } = (await next.get('/.well-known/jwks.json')).body;
    expect(keys.map(({ kid }: { kid: string }) => kid)).not.toContain('moved');
  });
});

describe('without a JWT secret', () => {
  const ephemeral = { config: { jwtSecret: undefined } };

  it('says so loudly, in the log and in /readyz, and its tokens die with it', async () => {
    const logs = collectLogs();
    const auth = await start({ ...ephemeral, logger: logs.logger });
    expect(logs.records()).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('JWT_SECRET IS NOT SET') }),
    );
    expect((await auth.get('/readyz')).body).toMatchObject({ status: 'ok', jwt_secret: 'ephemeral' });
    const { body } = await auth.post('/auth/register', giles);
    expect(await meStatus(auth, body.access_token)).toBe(200);
    const restarted = await start(ephemeral);
    expect(await meStatus(restarted, body.access_token)).toBe(401);
    // The session is no token: it lives on.
    expect(await meStatus(restarted, body.session_token)).toBe(200);
  });

  it('says nothing of the kind with one', async () => {
    const auth = await start();
    expect((await auth.get('/readyz')).body).toEqual({
      status: 'ok',
      service: 'auth',
      checks: { database: 'ok', bus: 'ok', store: 'ok' },
    });
  });
});
