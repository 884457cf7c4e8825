import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyFiles } from '@artdag/actor-keys';
import { openDatabase } from '@artdag/database/identity';
import { createTestDatabase, makeAssertionKit, quietLogger, startFakeAuth } from '@artdag/testing';
import { startIdentity } from '../start-identity.testing.ts';
import { setupKeys, type SetupKeysResult } from './setup-keys.ts';

let dataDir: string;
let keys: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'artdag-setup-keys-'));
  keys = join(dataDir, 'keys');
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const run = (change: { username?: string; force?: boolean } = {}): Promise<SetupKeysResult> =>
  setupKeys(createKeyFiles(dataDir), {
    ...{ username: 'giles', publicUrl: 'https://l2.test', force: false, now: new Date('2026-11-21T12:00:00Z') },
    ...change,
  });
const read = (name: string): string => readFileSync(join(keys, name), 'utf8');
const modeOf = (name: string): string => (statSync(join(keys, name)).mode & 0o777).toString(8);

describe('setup-keys', () => {
  it('writes the three files, private ones for their owner only, in a folder for its owner only', async () => {
    const { exitCode, lines } = await run();
    expect(exitCode).toBe(0);
    expect(readdirSync(keys).toSorted()).toEqual(['giles.ed25519.pem', 'giles.pem', 'giles.pub']);
    expect(['giles.pem', 'giles.ed25519.pem', '.'].map(modeOf)).toEqual(['600', '600', '700']);
    expect(read('giles.pem')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(read('giles.ed25519.pem')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const rsa = createPrivateKey(read('giles.pem'));
    expect(rsa.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65537n });
    expect(createPublicKey(rsa).export({ type: 'spki', format: 'pem' })).toBe(read('giles.pub'));
    expect(lines).toContain('actor id: https://l2.test/users/giles');
    expect(lines.join('\n')).toMatch(/back these files up/i);
  });

  it('fails when the keys are there, and leaves them alone', async () => {
    await run();
    const before = ['giles.pem', 'giles.pub', 'giles.ed25519.pem'].map(read);
    const { exitCode, lines } = await run();
    expect(exitCode).toBe(1);
    expect(lines.join('\n')).toContain('--force');
    expect(['giles.pem', 'giles.pub', 'giles.ed25519.pem'].map(read)).toEqual(before);
  });

  it('keeps the old files under another name with --force', async () => {
    await run();
    const old = read('giles.pem');
    expect((await run({ force: true })).exitCode).toBe(0);
    expect(read('giles.pem')).not.toBe(old);
    expect(read('giles.pem.2026-11-21T12-00-00-000Z')).toBe(old);
    expect(modeOf('giles.pem.2026-11-21T12-00-00-000Z')).toBe('600');
    expect(readdirSync(keys)).toHaveLength(6);
  });

  it('adds only the Ed25519 file to a set from an older installation', async () => {
    await run();
    const rsa = read('giles.pem');
    rmSync(join(keys, 'giles.ed25519.pem'));
    expect((await run()).exitCode).toBe(0);
    expect(read('giles.pem')).toBe(rsa);
    expect(createPrivateKey(read('giles.ed25519.pem')).asymmetricKeyType).toBe('ed25519');
  });

  it.each(['../evil', 'a/b', '', '.', 'UPPER', 'a\0b', 'x'.repeat(65), '-rf'])(
    'refuses the name %j',
    async (username) => {
      await expect(run({ username })).rejects.toThrow(/not a handle/);
      expect(readdirSync(dataDir)).toEqual([]);
    },
  );

  it('makes what identity adopts when the actor registers', async () => {
    await run();
    const [database, auth] = [await createTestDatabase(), await startFakeAuth()];
    const tables = openDatabase({ databaseUrl: database.url, max: 1 });
    auth.actors.set('user:giles', { actor_id: 'user:giles', username: 'giles', status: 'active' });
    const common = { databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() };
    const identity = await startIdentity({ ...common, dataDir });
    try {
      const assertion = { 'x-actor-assertion': makeAssertionKit('identity').service('federation') };
      const { body } = await identity.get('/internal/identity/actor-keys/user:giles', assertion);
      const pem = (kind: string) => body.keys.find((key: { kind: string }) => key.kind === kind).public_key_pem;
      expect(pem('rsa')).toBe(read('giles.pub'));
      const ed25519 = createPublicKey(read('giles.ed25519.pem')).export({ type: 'spki', format: 'pem' });
      expect(pem('ed25519')).toBe(ed25519);
      expect(readdirSync(keys)).toHaveLength(3);
    } finally {
      await identity.stop();
      await Promise.all([auth.close(), tables.close()]);
      await database.drop();
    }
  });
});

describe('the setup-keys command', () => {
  const script = fileURLToPath(new URL('../setup-keys.ts', import.meta.url));
  const execute = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const node = ['--conditions=@artdag/source', script, ...args];
      const env = { PATH: process.env['PATH'], ARTDAG_DATA: dataDir, ARTDAG_DOMAIN: 'l2.test' };
      const child = execFile(process.execPath, node, { env }, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr });
      });
    });

  it('takes its options, needs no database, and exits 0, or 1 with a reason', async () => {
    const first = await execute('--user', 'anya');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain('actor id: https://l2.test/users/anya');
    expect(first.stdout).not.toContain('PRIVATE');
    expect(readdirSync(keys)).toHaveLength(3);
    const [again, evil, bogus] = await Promise.all([
      execute('--user', 'anya', '--data-dir', dataDir),
      execute('--user', '../evil'),
      execute('--bogus'),
    ]);
    expect([again.code, evil.code, bogus.code]).toEqual([1, 1, 1]);
    expect(again.stderr).toContain('has keys already');
    expect(evil.stderr).toContain('not a handle');
    expect(bogus.stderr).toContain('--bogus');
  });
});

describe('a crash while a key file was written', () => {
  it('leaves a temporary file that is swept once it is old, and nothing under a key’s name', async () => {
    await run();
    for (const name of ['old.tmp', 'fresh.tmp']) writeFileSync(join(keys, name), 'half a ke');
    const past = new Date('2026-11-21T11:00:00Z');
    utimesSync(join(keys, 'old.tmp'), past, past);
    const now = new Date('2026-11-21T12:00:00Z');
    utimesSync(join(keys, 'fresh.tmp'), now, now);
    await createKeyFiles(dataDir).sweep(now);
    expect(readdirSync(keys).toSorted()).toEqual(['fresh.tmp', 'giles.ed25519.pem', 'giles.pem', 'giles.pub']);
  });
});
