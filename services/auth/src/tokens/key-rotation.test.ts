import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createTestDatabase, eventually, quietLogger, type TestDatabase } from '@artdag/testing';
import jwt from 'jsonwebtoken';
import { startAuth, type Answer, type RunningAuth, type StartAuthOptions } from '../start-auth.testing.ts';

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

const publishMs = 1_500;
/** For what has to be done before the next key signs. */
const unhurried = { config: { keyPublishMs: 8_000 } };
const reloadMs = 200;

async function start(o: Partial<StartAuthOptions> = {}): Promise<RunningAuth> {
  const config = { keyPublishMs: publishMs, keyRingReloadMs: reloadMs, ...o.config };
  const auth = await startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), ...o, config });
  running.push(auth);
  return auth;
}

const giles = { username: 'giles', password: 'correct horse battery' };
const kidOf = (token: string): string => String(jwt.decode(token, { complete: true })?.header.kid);
const meStatus = async (auth: RunningAuth, token: string): Promise<number> =>
  (await auth.get('/auth/me', { authorization: `Bearer ${token}` })).status;
const published = async (auth: RunningAuth): Promise<string[]> =>
  (await auth.get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);

async function admin(auth: RunningAuth, path: string): Promise<Answer> {
  return await auth.post(`/internal/admin/keys/${path}`, {}, { 'x-actor-assertion': await auth.assertionOf('admin') });
}

async function statuses(auth: RunningAuth): Promise<Record<string, string>> {
  const rows = await auth.sql(`SELECT kid, status FROM auth.signing_keys WHERE use = 'token'`);
  return Object.fromEntries(rows.map(({ kid, status }) => [String(kid), String(status)]));
}

describe('a rotation', () => {
  it('under load on two replicas loses no token, and publishes the new key long before it signs', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const { body } = await one.post('/auth/register', giles);
    const headers = { authorization: `Bearer ${body.session_token}` };
    const [shownByOne, shownByTwo] = [new Map<string, number>(), new Map<string, number>()];
    const signedAt = new Map<string, number>();
    const minted: string[] = [];
    let failed = 0;
    const over = new AbortController();

    const watch = async (auth: RunningAuth, seen: Map<string, number>): Promise<void> => {
      // What was not shown to the question before this one was published after that was asked.
      let askedBefore = Date.now();
      while (!over.signal.aborted) {
        const askedAt = Date.now();
        const kids = await published(auth);
        for (const kid of kids) if (!seen.has(kid)) seen.set(kid, askedBefore);
        askedBefore = askedAt;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const use = async (mint: RunningAuth, verify: RunningAuth): Promise<void> => {
      while (!over.signal.aborted) {
        const { body: made } = await mint.post('/v1/tokens', { label: 'x', scopes: ['read:*'] }, headers);
        const kid = kidOf(made.token);
        // Not later than this was it signed.
        if (!signedAt.has(kid)) signedAt.set(kid, Date.now());
        minted.push(made.token);
        if ((await meStatus(verify, made.token)) !== 200) failed += 1;
      }
    };
    const load = [watch(one, shownByOne), watch(two, shownByTwo), use(one, two), use(two, one), use(two, two)];
    await eventually(() => expect(minted.length).toBeGreaterThan(5));
    const rotated = await admin(one, 'rotate');
    expect(rotated.status).toBe(201);
    const { kid } = rotated.body;
    await eventually(() => expect(minted.filter((token) => kidOf(token) === kid).length).toBeGreaterThan(20));
    over.abort();
    await Promise.all(load);

    expect(failed).toBe(0);
    for (const seen of [shownByOne, shownByTwo]) {
      const waitedMs = (signedAt.get(kid) ?? 0) - (seen.get(kid) ?? Infinity);
      expect(waitedMs).toBeGreaterThanOrEqual(publishMs);
    }
    for (const token of minted) {
      expect([await meStatus(one, token), await meStatus(two, token)]).toEqual([200, 200]);
    }
    expect(new Set(minted.map(kidOf)).size).toBe(2);
    const [first = ''] = minted;
    const former = kidOf(first);
    expect(await statuses(one)).toEqual({ [former]: 'verify', [kid]: 'primary' });
    const [row] = await one.sql('SELECT not_after FROM auth.signing_keys WHERE kid = $1', [former]);
    const days = (Date.parse(String(row?.['not_after'])) - Date.now()) / (24 * 3600_000);
    expect(days).toBeGreaterThan(89.9);
  });

  it('waits for the one before it, whoever asked for that', async () => {
    const [one, two] = await Promise.all([start(unhurried), start(unhurried)]);
    const answers = await Promise.all([admin(one, 'rotate'), admin(two, 'rotate'), admin(two, 'rotate')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe('rotation_under_way');
    await eventually(async () => expect(Object.values(await statuses(one)).toSorted()).toEqual(['primary', 'verify']), {
      timeoutMs: 30_000,
    });
    expect((await admin(one, 'rotate')).status).toBe(201);
  });

  it('ends the former key at once when it is retired, and never the one that signs', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const { body } = await one.post('/auth/register', giles);
    const former = kidOf(body.access_token);
    const { kid } = (await admin(two, 'rotate')).body;
    await eventually(async () => expect((await statuses(one))[kid]).toBe('primary'));
    expect(await meStatus(two, body.access_token)).toBe(200);
    expect((await admin(two, `${kid}/retire`)).body.code).toBe('key_is_primary');
    expect((await admin(two, 'nobody/retire')).status).toBe(404);
    expect((await admin(two, `${former}/retire`)).status).toBe(200);
    expect([await meStatus(two, body.access_token), await published(two)]).toEqual([401, [kid]]);
    await eventually(async () =>
      expect([await meStatus(one, body.access_token), await published(one)]).toEqual([401, [kid]]),
    );
    const [restarted] = [await start()];
    expect(await meStatus(restarted, body.access_token)).toBe(401);
    expect((await restarted.post('/auth/login', giles)).status).toBe(200);
  });

  it('of a key that this replica has not heard of is no reason to refuse its tokens', async () => {
    const deaf = await start({ config: { keyRingReloadMs: 3600_000 } });
    const { body } = await deaf.post('/auth/register', giles);
    // Another deployment has lost the ring: its first key signs at once.
    await deaf.sql(`UPDATE auth.signing_keys SET status = 'retired' WHERE use = 'token'`);
    const other = await start();
    const { body: login } = await other.post('/auth/login', giles);
    expect(kidOf(login.access_token)).not.toBe(kidOf(body.access_token));
    expect(await meStatus(deaf, login.access_token)).toBe(200);
  });
});

describe('JWT_SECRET_PREVIOUS', () => {
  it('keeps tokens alive over a change of the secret, also on replicas that have the former one still', async () => {
    const before = await start();
    const { body } = await before.post('/auth/register', giles);
    const formerSecret = 'j'.repeat(64);
    const env = { JWT_SECRET: 'n'.repeat(64), JWT_SECRET_PREVIOUS: formerSecret };
    const after = await start({ env });
    expect(await meStatus(after, body.access_token)).toBe(200);
    const { body: login } = await after.post('/auth/login', giles);
    expect(kidOf(login.access_token)).toBe(kidOf(body.access_token));
    await new Promise((resolve) => setTimeout(resolve, 3 * reloadMs));
    expect(await meStatus(before, login.access_token)).toBe(200);
    expect((await before.post('/auth/login', giles)).status).toBe(200);
    const without = await start({ env: { JWT_SECRET: 'n'.repeat(64) } });
    expect(await meStatus(without, body.access_token)).toBe(200);
  });
});

describe('SIGNING_PRIVATE_KEY', () => {
  const pem = (type: 'pkcs1' | 'pkcs8') => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return String(privateKey.export({ type, format: 'pem' }));
  };

  it.each(['pkcs1', 'pkcs8'] as const)(
    'as %s is the primary key from the start on, sealed like any other',
    async (type) => {
      const given = pem(type);
      const auth = await start({ env: { SIGNING_PRIVATE_KEY: given.replaceAll('\n', '\\n') } });
      const { body } = await auth.post('/auth/register', giles);
      expect(await published(auth)).toEqual([kidOf(body.access_token)]);
      const dump = JSON.stringify(await auth.sql('SELECT * FROM auth.signing_keys'));
      expect(dump).not.toContain(given.slice(40, 80));
      expect((await admin(auth, 'rotate')).body.code).toBe('signing_key_given');
      const restarted = await start();
      expect(await meStatus(restarted, body.access_token)).toBe(200);
    },
  );

  it('takes over from another key once it has been published, and that one verifies on', async () => {
    const before = await start();
    const { body } = await before.post('/auth/register', giles);
    const auth = await start({ env: { SIGNING_PRIVATE_KEY: pem('pkcs8') }, ...unhurried });
    expect((await published(auth)).length).toBe(2);
    const login = async () => kidOf((await auth.post('/auth/login', giles)).body.access_token);
    expect(await login()).toBe(kidOf(body.access_token));
    await eventually(async () => expect(await login()).not.toBe(kidOf(body.access_token)));
    expect([await meStatus(auth, body.access_token), await meStatus(before, body.access_token)]).toEqual([200, 200]);
  });

  it('does not come back with a restart once it was retired', async () => {
    const env = { SIGNING_PRIVATE_KEY: pem('pkcs8') };
    const auth = await start({ env });
    await auth.sql(`UPDATE auth.signing_keys SET status = 'retired' WHERE use = 'token'`);
    await expect(start({ env })).rejects.toThrow(/was retired/);
  });
});
