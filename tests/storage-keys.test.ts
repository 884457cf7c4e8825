import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@artdag/testing';
import {
  good,
  startProviders,
  type ProviderStandIns,
} from '../services/asset-registry/src/storage/testing/provider-stand-ins.testing.ts';
import { call, newAccount } from './lib/api-client.ts';
import { root } from './lib/scripts.ts';
import { newDataFolder, startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

let database: TestDatabase;
let providers: ProviderStandIns;
let suite: StandaloneSuite | undefined;
const dataFolder = newDataFolder();
beforeAll(async () => {
  [database, providers] = await Promise.all([createTestDatabase(), startProviders(() => new Date())]);
});
afterAll(async () => {
  await suite?.remove();
  await Promise.all([database?.drop(), providers?.close()]);
  rmSync(dataFolder, { recursive: true, force: true });
});

const [oldKey, newKey] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
const start = (keys: Record<string, string>): Promise<StandaloneSuite> =>
  startStandalone({ dataFolder, env: { DATABASE_URL: database.url, ...keys } });

/** `artdag-admin` as somebody on this machine runs it. */
async function admin(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  const main = join(root, 'packages', 'admin-cli', 'dist', 'main.js');
  const env = { PATH: process.env['PATH'], ARTDAG_DATA: dataFolder };
  return await promisify(execFile)(process.execPath, [main, ...args], { env }).then(
    ({ stdout: out, stderr: err }) => ({ out, err, code: 0 }),
    ({ stdout: out, stderr: err, code }: { stdout: string; stderr: string; code: number }) => ({ out, err, code }),
  );
}

it('one command puts what identity and asset-registry have sealed under a new master key, and storage works on', async () => {
  suite = await start({ DATA_ENCRYPTION_KEY: oldKey, KEY_STORE: 'database' });
  const { username, token } = await newAccount(suite.url);
  const config = { endpoint: `${providers.url}/psa`, token: good.token };
  const added = await call(suite.url, '/storage', { token, body: { provider_type: 'psa', config } });
  const id = String(added.body['id']);
  // Its first claim has its keys made.
  const asset = { name: 'sealed', content_hash: randomBytes(32).toString('hex'), asset_type: 'image' };
  expect((await call(suite.url, '/assets', { token, body: asset })).status).toBe(201);
  await suite.process.stop();

  suite = await start({ DATA_ENCRYPTION_KEY: newKey, DATA_ENCRYPTION_KEY_OTHERS: oldKey, KEY_STORE: 'database' });
  const { out, err, code } = await admin('rotate-key', 'data-encryption');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /^identity: re-wrapped [1-9]\d* under master key [0-9a-f]{8}; 0 remain under others\.\nasset-registry: re-wrapped 1 under master key [0-9a-f]{8}; 0 remain under others\.\n$/,
  );
  const again = JSON.parse((await admin('rotate-key', 'data-encryption', '--json')).out) as Record<string, unknown>;
  expect(again).toMatchObject({ rewrapped: 0, remaining: 0, unopened: [] });
  await suite.process.stop();

  suite = await start({ DATA_ENCRYPTION_KEY: newKey, KEY_STORE: 'database' });
  // Another port, so another issuer of tokens.
  const login = await call(suite.url, '/auth/login', { body: { username, password: 'correct horse battery staple' } });
  const renewed = String(login.body['access_token']);
  const test = await call(suite.url, `/storage/${id}/test`, { token: renewed, method: 'POST' });
  expect(test.body).toMatchObject({ ok: true });
  await suite.process.stop();
});

it('does the rest, and fails with a sentence, when a service is away', async () => {
  suite = await start({ DATA_ENCRYPTION_KEY: newKey });
  expect(await admin('rotate-key', 'data-encryption', '--service', 'asset-registry')).toMatchObject({ code: 0 });
  rmSync(join(dataFolder, 'run', 'asset-registry.url'));
  const { code, err, out } = await admin('rotate-key', 'data-encryption');
  expect([code, err]).toEqual([1, expect.stringMatching(/asset-registry at http:\S+ cannot be reached/)]);
  expect(out).toContain('identity: re-wrapped 0');
});
