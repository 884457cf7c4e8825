import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { collectLogs, createTestDatabase, type TestDatabase } from '@artdag/testing';
import jwt from 'jsonwebtoken';
import { startAuth, testSecrets, type RunningAuth } from '../start-auth.testing.ts';
import { createKeySeal } from './key-seal.ts';
import type { StoredKey } from './signing-key.repository.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
const logs = collectLogs();
let key: { kid: string; privateKey: KeyObject; publicPem: string };
let good: jwt.JwtPayload;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 2 });
  auth = await startAuth({ databaseUrl: database.url, tables, logger: logs.logger });
  const { body } = await auth.post('/auth/register', { username: 'giles', password: 'correct horse battery' });
  good = jwt.decode(body.access_token) as jwt.JwtPayload;
  // Even who has the key itself gets no further than what the token says.
  const [row] = await auth.sql(`SELECT kid, private_enc AS "privateEnc" FROM auth.signing_keys WHERE use = 'token'`);
  const open = createKeySeal({ jwtSecret: testSecrets.jwt }).open(row as unknown as StoredKey);
  if (open === null) throw new Error('The key does not open.');
  const publicPem = String(createPublicKey(open.privateKey).export({ type: 'spki', format: 'pem' }));
  key = { kid: open.kid, privateKey: open.privateKey, publicPem };
});
afterAll(async () => {
  await auth?.stop();
  await tables?.close();
  await database?.drop();
});

const seconds = Math.floor(Date.now() / 1000);

function signed(claims: object, header: object = {}, privateKey: KeyObject = key.privateKey): string {
  const head = { alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...header } as jwt.JwtHeader;
  return jwt.sign({ ...good, ...claims }, privateKey, { algorithm: 'RS256', header: head });
}

function unsigned(header: object, signature = ''): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(good)}.${signature}`;
}

function without(...names: string[]): jwt.JwtPayload {
  return Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name)));
}

const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const head = () => ({ alg: 'RS256', typ: 'at+jwt', kid: key.kid });
const bare = (claims: object) => jwt.sign(claims, key.privateKey, { algorithm: 'RS256', header: head() });

const forgeries: [string, () => string][] = [
  ['alg none', () => unsigned({ ...head(), alg: 'none' })],
  ['alg none, spelt otherwise', () => unsigned({ ...head(), alg: 'nOnE' })],
  ['HS256 with the public key', () => hs256(unsigned({ ...head(), alg: 'HS256' }).slice(0, -1))],
  ['RS512', () => jwt.sign(good, key.privateKey, { algorithm: 'RS512', header: { ...head(), alg: 'RS512' } })],
  ['another key under our kid', () => signed({}, {}, other)],
  ['no kid', () => signed({}, { kid: undefined })],
  ['an unknown kid', () => signed({}, { kid: 'x' })],
  ['a kid of another type', () => signed({}, { kid: 7 })],
  ['a kid that is a path', () => signed({}, { kid: '../../dev/null\0' })],
  ['a key of its own', () => signed({}, { jwk: createPublicKey(other).export({ format: 'jwk' }), kid: 'x' }, other)],
  ['critical extensions', () => signed({}, { crit: ['b64'], b64: true })],
  ['another issuer', () => signed({ iss: 'evil.test' })],
  ['another audience', () => signed({ aud: 'evil.test' })],
  ['no issuer', () => bare(without('iss'))],
  ['no audience', () => bare(without('aud'))],
  ['no expiry', () => bare(without('exp'))],
  ['no jti', () => bare(without('jti'))],
  ['no subject', () => bare(without('sub'))],
  ['another subject', () => signed({ sub: 'user:nobody' })],
  ['another session', () => signed({ sid: 'ses_nobody' })],
  ['expired', () => signed({ iat: seconds - 4000, exp: seconds - 60 })],
  ['not yet valid', () => signed({ nbf: seconds + 60 })],
  ['from the future', () => signed({ iat: seconds + 600, exp: seconds + 4200 })],
  ['typ JWT', () => signed({}, { typ: 'JWT' })],
  ['typ api+jwt', () => signed({}, { typ: 'api+jwt' })],
  ['typ internal+jwt', () => signed({}, { typ: 'internal+jwt' })],
  ['another use', () => signed({ token_use: 'api' })],
  ['a use of an API token, in full', () => signed({ token_use: 'api' }, { typ: 'api+jwt' })],
  ['truncated', () => signed({}).slice(0, -20)],
  ['without a signature', () => `${signed({}).split('.').slice(0, 2).join('.')}.`],
  ['two parts', () => signed({}).split('.').slice(0, 2).join('.')],
  ['a header that is no JSON', () => `eA.${signed({}).split('.').slice(1).join('.')}`],
];

/** What a verifier takes for good that lets the header choose the algorithm. */
function hs256(input: string): string {
  return `${input}.${createHmac('sha256', key.publicPem).update(input).digest('base64url')}`;
}

describe('a token', () => {
  it('is good when nothing is wrong with it', async () => {
    expect((await auth.get('/auth/me', { authorization: `Bearer ${signed({})}` })).status).toBe(200);
  });

  it.each(forgeries)('with %s is a 401, and is in no log', async (_what, forge) => {
    const token = forge();
    const before = logs.records().length;
    const { status, body, headers } = await auth.get('/auth/me', { authorization: `Bearer ${token}` });
    expect([status, body.code]).toEqual([401, 'invalid_token']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="l2", MSign realm="musehub"');
    const lines = JSON.stringify(logs.records().slice(before));
    expect(lines).not.toContain(token.slice(0, 60));
  });

  it('of 1 MB does no harm', async () => {
    const { status } = await auth.get('/auth/me', { authorization: `Bearer ${'x'.repeat(1024 * 1024)}` });
    expect([401, 431]).toContain(status);
  });
});
