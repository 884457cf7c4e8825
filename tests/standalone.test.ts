import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '@artdag/testing';
import { call, newAccount, registerAsset } from './lib/api-client.ts';
import { mainOf } from './lib/scripts.ts';
import { newDataFolder, startStandalone } from './lib/standalone-suite.ts';

/** Runs standalone to its end: how it refuses to start. */
function refuse(env: Record<string, string>): { status: number | null; lines: string[] } {
  const { PATH = '', HOME = '' } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [mainOf('standalone')], {
    env: { PATH, HOME, ...env },
    encoding: 'utf8',
    timeout: 240_000,
  });
  return { status, lines: stderr.trim().split('\n') };
}

describe('standalone', () => {
  it('keeps accounts, claims and sessions through a SIGKILL, and through an orderly stop', async () => {
    const dataFolder = newDataFolder();
    const port = await freePort();
    const env = { PORT: String(port) };
    const first = await startStandalone({ dataFolder, env });
    const { username, token } = await newAccount(first.url);
    expect((await registerAsset(first.url, token, 'before-the-kill')).status).toBe(201);
    await first.process.kill('SIGKILL');

    const second = await startStandalone({ dataFolder, env });
    expect((await call(second.url, '/assets/before-the-kill')).body).toMatchObject({ owner: username });
    expect((await call(second.url, '/auth/me', { token })).status).toBe(200);
    expect((await registerAsset(second.url, token, 'after-the-kill')).status).toBe(201);
    expect(await second.process.stop()).toBe(0);

    const third = await startStandalone({ dataFolder, env });
    expect((await call(third.url, '/assets')).body).toMatchObject({ total: 2 });
    await third.remove();
  });

  it('refuses a second start on the same data in one line, and leaves the first alone', async () => {
    const suite = await startStandalone();
    const { status, lines } = refuse({ ARTDAG_DATA: suite.dataFolder, PORT: '0' });
    expect([status, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toMatch(/^artdag: another run is using the data in .*ARTDAG_DATA/);
    expect((await call(suite.url, '/readyz')).status).toBe(200);
    await suite.remove();
  });

  it('runs twice side by side, each on its own data', async () => {
    const [one, two] = [await startStandalone(), await startStandalone()];
    const { token } = await newAccount(one.url);
    expect((await registerAsset(one.url, token, 'mine')).status).toBe(201);
    expect((await call(two.url, '/assets/mine')).status).toBe(404);
    await Promise.all([one.remove(), two.remove()]);
  });

  it('keeps its secrets where their owner alone can read them, and prints none', async () => {
    const suite = await startStandalone();
    for (const name of ['jwt_secret', 'internal_secret', 'data_encryption_key', 'postgres_password']) {
      const path = join(suite.dataFolder, 'secrets', name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(suite.process.output).not.toContain(readFileSync(path, 'utf8').trim());
    }
    expect(statSync(suite.dataFolder).mode & 0o777).toBe(0o700);
    await suite.remove();
  });

  describe('says in one clear line what is wrong', () => {
    it('when the port is in use', async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const dataFolder = newDataFolder();
      const { status, lines } = refuse({ ARTDAG_DATA: dataFolder, PORT: String(port) });
      other.close();
      rmSync(dataFolder, { recursive: true, force: true });
      expect([status, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toMatch(new RegExp(`^artdag: .*PORT.*${port}`));
    });

    it('when the data folder cannot be written', () => {
      const { status, lines } = refuse({ ARTDAG_DATA: '/proc/artdag', PORT: '0' });
      expect([status, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toMatch(/^artdag: the data folder \/proc\/artdag .*ARTDAG_DATA/);
    });

    it('when the data folder is a file', () => {
      const folder = newDataFolder();
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const { status, lines } = refuse({ ARTDAG_DATA: file, PORT: '0' });
      rmSync(folder, { recursive: true });
      expect([status, lines.length]).toEqual([1, 1]);
      expect(lines[0]).toMatch(/is not a folder/);
    });

    it.each([
      ['PORT', 'abc', 'PORT: got "abc", wants a whole number from 0 to 65535'],
      ['DATABASE_URL', 'postgresql://nobody@127.0.0.1:9/none', '127.0.0.1:9'],
    ])('when %s is %s', (name, value, reason) => {
      const dataFolder = newDataFolder();
      const { status, lines } = refuse({ ARTDAG_DATA: dataFolder, PORT: '0', [name]: value });
      rmSync(dataFolder, { recursive: true, force: true });
      expect(status).toBe(1);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(reason);
    });
  });
});
