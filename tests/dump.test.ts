import { createDecipheriv, createPrivateKey, hkdfSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@artdag/testing';
import pg from 'pg';
import { dumpDatabase, findSecrets } from './lib/dump.ts';
import { noLimits } from './lib/no-limits.ts';
import { closeConnections, type Answer, send } from './lib/revocation/http.ts';
import { askToMint, bearer, cookieOf, sessionOf, newUser, type User, userAgent } from './lib/revocation/population.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const configured = {
  JWT_SECRET: randomBytes(32).toString('hex'),
  INTERNAL_SECRET: randomBytes(32).toString('hex'),
  DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
};

let database: TestDatabase;
let suite: StandaloneSuite;
/** Every secret that was issued or configured, by a name that tells which. */
const secrets = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  suite = await startStandalone({ env: { ...configured, ...noLimits, DATABASE_URL: database.url } });
  for (const [name, secret] of Object.entries(configured)) secrets.set(name, secret);
});

afterAll(async () => {
  await closeConnections();
  await suite?.remove();
  await database?.drop();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await send(suite.url, {
    method: 'POST',
    path,
    body,
    headers: { 'user-agent': userAgent, ...headers },
  });
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Notes what an answer hands out, in its body and in its cookies. */
function note(what: string, answer: Answer): void {
  for (const name of ['session_token', 'access_token', 'refresh_token', 'token', 'key']) {
    const secret = answer.body[name];
    if (typeof secret === 'string') secrets.set(`${what}: ${name}`, secret);
  }
  for (const name of ['session_token', 'platform_token', 'device']) {
    const secret = cookieOf(answer, name);
    if (secret) secrets.set(`${what}: cookie ${name}`, decodeURIComponent(secret));
  }
  // Only the signature of a JWT makes it one.
  for (const [name, secret] of secrets) {
    const [, , signature] = secret.split('.');
    if (signature) secrets.set(`${name} (signature)`, signature);
  }
}

/** Everything by which somebody gets a secret of ours, or gives us one of theirs. */
async function issueEverything(user: User): Promise<void> {
  secrets.set('password', user.password);
  const login = (password: string) => post('/auth/login', { username: user.username, password });
  const second = await login(user.password);
  note('second login', second);
  const session = sessionOf(user, second);
  // Used, and used again within its 30 s: its successor is kept for the other tab.
  const refresh = { refresh_token: session.refreshToken };
  note('refresh', await post('/auth/refresh', refresh));
  note('refresh of the other tab', await post('/auth/refresh', refresh));
  for (const kind of ['api-token', 'api-key'] as const) {
    const minted = await askToMint(suite.url, session, kind);
    expect(minted.status).toBe(201);
    note(kind, minted);
  }
  await storeEverywhere(session.opaque.secret);
  const password = randomBytes(12).toString('base64url');
  secrets.set('new password', password);
  const change = { current_password: user.password, new_password: password };
  note('password change', await post('/auth/password', change, bearer(session.opaque.secret)));
  note('third login', await login(password));
}

/** Somebody's secrets with storage providers of each kind, one changed and one tested. */
async function storeEverywhere(token: string): Promise<void> {
  const secret = (what: string): string => {
    const made = randomBytes(24).toString('base64url');
    secrets.set(`storage: ${what}`, made);
    return made;
  };
  // Nobody listens there.
  const endpoint = 'http://127.0.0.1:9';
  const configs: Record<string, object> = {
    pinata: { api_key: secret('pinata api_key'), secret_key: secret('pinata secret_key') },
    psa: { endpoint, token: secret('psa token') },
    infura: { project_id: 'project', project_secret: secret('infura project_secret'), endpoint },
    storj: { access_key: secret('storj access_key'), secret_key: secret('storj secret_key'), bucket: 'works' },
    web3storage: { token: secret('web3storage token') },
  };
  const ids = new Map<string, unknown>();
  for (const [provider_type, config] of Object.entries(configs)) {
    const { body } = await post('/storage', { provider_type, config }, bearer(token));
    ids.set(provider_type, body['id']);
  }
  await post(`/storage/${String(ids.get('psa'))}/test`, {}, bearer(token));
  const changed = await send(suite.url, {
    ...{ method: 'PATCH', path: `/storage/${String(ids.get('infura'))}` },
    body: { config: { project_secret: secret('infura project_secret of later') } },
    headers: { 'user-agent': userAgent, ...bearer(token) },
  });
  expect(changed.status).toBe(200);
}

/** The private keys of the ring, opened as auth opens them: what is in the table must not be usable without JWT_SECRET. */
async function openKeyRing(): Promise<{ kid: string; d: string; p: string; q: string; der: Buffer }[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ kid: string; sealed: string }>(
      `SELECT kid, private_enc AS sealed FROM auth.signing_keys WHERE private_enc IS NOT NULL`,
    );
    const ringKey = Buffer.from(hkdfSync('sha256', configured.JWT_SECRET, '', 'artdag/key-ring', 32));
    return rows.map(({ kid, sealed }) => {
      const bytes = Buffer.from(sealed.split('.')[1] ?? '', 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', ringKey, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(12, 28));
      const der = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
      const {
        d = '',
        p = '',
        q = '',
      } = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
        format: 'jwk',
      });
      return { kid, d, p, q, der };
    });
  } finally {
    await client.end();
  }
}

describe('a dump of the database', () => {
  it('holds no credential that works: none of all that were issued, in no writing', async () => {
    const user = await newUser(suite.url);
    for (const { kind, secret } of user.credentials) secrets.set(`registration: ${kind}`, secret);
    for (const { refreshToken } of user.sessions) secrets.set('registration: refresh token', refreshToken);
    await issueEverything(user);
    const ring = await openKeyRing();
    expect(ring.length).toBeGreaterThan(0);
    for (const { kid, d, p, q, der } of ring) {
      for (const [name, value] of Object.entries({ d, p, q })) secrets.set(`private key ${kid}: ${name}`, value);
      secrets.set(`private key ${kid}`, der.toString('base64url'));
    }
    const { text, by } = await dumpDatabase(database.url);
    console.log(`${secrets.size} secrets looked for in ${text.length} characters, read by ${by}`);
    const wanted = ['second login: refresh_token', 'refresh: refresh_token', 'api-key: key', 'api-token: token'];
    for (const name of [...wanted, 'storage: psa token', 'storage: infura project_secret of later'])
      expect([...secrets.keys()]).toContain(name);
    expect(text).toContain(user.username);
    expect(findSecrets(text, secrets)).toEqual([]);
  });

  it('would show one that was written down: plain, in base64, in hex', async () => {
    const token = secrets.get('second login: session_token') ?? '';
    const key = [...secrets].find(([name]) => /^private key .*: d$/.test(name))?.[1] ?? '';
    const planted = {
      plain: token,
      base64: Buffer.from(`{"t":"${token}"}`).toString('base64'),
      base64url: Buffer.from(`xx${token}`).toString('base64url'),
      hex: Buffer.from(token).toString('hex'),
      'decoded, in hex': Buffer.from(token, 'base64url').toString('hex').toUpperCase(),
      'a key in lines': Buffer.from(key, 'base64url')
        .toString('base64')
        .replaceAll(/(.{64})/g, '$1\n'),
    };
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      for (const [writing, text] of Object.entries(planted)) {
        await client.query(`INSERT INTO auth.audit_log (id, action, data) VALUES ($1, 'test', $2)`, [
          `planted-${writing}`,
          JSON.stringify({ text }),
        ]);
        const found = findSecrets((await dumpDatabase(database.url)).text, secrets);
        expect([writing, found.length > 0]).toEqual([writing, true]);
        await client.query(`DELETE FROM auth.audit_log WHERE action = 'test'`);
      }
    } finally {
      await client.end();
    }
    expect(findSecrets((await dumpDatabase(database.url)).text, secrets)).toEqual([]);
  });
});
