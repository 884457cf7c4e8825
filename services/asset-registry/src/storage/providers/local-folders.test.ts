import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStorageKit, sysadmin, type StorageKit } from '../testing/storage-kit.testing.ts';
import { createLocalFolders } from './local-folders.ts';

let kit: StorageKit;
/** With a root in it, and things beside that are nobody's business. */
let base: string;
let root: string;
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'artdag-folders-'));
  root = join(base, 'root');
  for (const folder of ['root', 'root/works', 'root-of-others', 'outside']) mkdirSync(join(base, folder));
  symlinkSync('../outside', join(root, 'link'));
  symlinkSync('works', join(root, 'inner-link'));
  symlinkSync('loop', join(root, 'loop'));
  writeFileSync(join(root, 'file'), 'x');
  kit = await startStorageKit({ env: { STORAGE_LOCAL_ROOT: root } });
});
afterAll(async () => {
  await kit?.close();
  rmSync(base, { recursive: true });
});

const provider = (path: string) => ({ provider_type: 'local', config: { path } });
const testAt = async (path: string) => {
  const id = await kit.add(provider(path), sysadmin);
  const { body } = await kit.registry.post(`/storage/${id}/test`, {}, sysadmin).expect(200);
  await kit.registry.delete(`/storage/${id}`, sysadmin).expect(204);
  return body as { ok: boolean; message: string };
};

describe('a folder', () => {
  it.each(['..', '../outside', 'works/../../outside', '/etc', '/', '../root-of-others', `/proc/self/root`])(
    'at %s is not below the root: 422',
    async (path) => {
      const answer = await kit.registry.post('/storage', provider(path), sysadmin).expect(422);
      expect(answer.body.detail).toMatchObject([{ loc: ['body', 'config', 'path'] }]);
    },
  );

  it.each([
    ['a name beside the root that begins like it', () => join(base, 'root-of-others')],
    ['a path with NUL', () => 'works\u0000'],
    ['an empty path', () => ''],
    ['a path without end', () => 'a/'.repeat(600)],
  ])('%s: 422', async (_what, path) => {
    await kit.registry.post('/storage', provider(path()), sysadmin).expect(422);
  });

  it.each([
    ['works', true, 'A file can be written, read and deleted.'],
    ['.', true, 'A file can be written, read and deleted.'],
    ['inner-link', true, 'A file can be written, read and deleted.'],
    ['link', false, 'The folder leads out of STORAGE_LOCAL_ROOT.'],
    ['nothing', false, 'The folder is not there.'],
    ['file', false, 'A file cannot be written: it is not a folder.'],
    ['file/below', false, 'The folder is not there.'],
    ['loop', false, 'The path cannot be followed: too many links lead to it.'],
  ])('at %s: ok is %s, and nothing is left anywhere', async (path, ok, message) => {
    expect(await testAt(path)).toMatchObject({ ok, message });
    for (const folder of ['root', 'root/works', 'outside']) {
      expect(readdirSync(join(base, folder)).filter((name) => name.includes('probe'))).toEqual([]);
    }
  });

  it('may be given by its absolute path', async () => {
    expect(await testAt(join(root, 'works'))).toMatchObject({ ok: true });
  });
});

describe('a file', () => {
  const bytes = randomBytes(3_000_000);
  const contentHash = createHash('sha3-256').update(bytes).digest('hex');
  const never = new AbortController().signal;
  const compare = (location: string, path = 'works', signal = never) =>
    createLocalFolders(root).compare(
      path,
      { contentHash, location, ipfsCid: null, sizeBytes: null, etag: null },
      signal,
    );

  beforeAll(() => {
    const works = join(root, 'works');
    writeFileSync(join(works, 'good.bin'), bytes);
    writeFileSync(join(works, 'cut.bin'), bytes.subarray(1));
    writeFileSync(join(base, 'outside', 'good.bin'), bytes);
    writeFileSync(join(root, 'good.bin'), bytes);
    mkdirSync(join(works, 'folder'));
    symlinkSync('../../outside', join(works, 'away'));
    symlinkSync('../../outside/good.bin', join(works, 'away.bin'));
    symlinkSync('good.bin', join(works, 'alias.bin'));
    execFileSync('mkfifo', [join(works, 'pipe')]);
  });

  it.each([
    ['good.bin', 'present'],
    ['alias.bin', 'present'],
    ['cut.bin', 'changed'],
    ['nothing.bin', 'missing'],
    ['good.bin/below', 'missing'],
    ['away/good.bin', 'missing'],
    ['away.bin', 'missing'],
    ['../good.bin', 'missing'],
    ['../../outside/good.bin', 'missing'],
    ['folder', 'missing'],
    ['', 'missing'],
  ])('at %s is %s', async (location, result) => {
    expect(await compare(location)).toMatchObject({ result });
  });

  it('that is a pipe is none, and holds nobody up', async () => {
    expect(await compare('pipe')).toMatchObject({ result: 'missing' });
  });

  it('that may not be read says nothing about the copy', async () => {
    const path = join(root, 'works', 'secret.bin');
    writeFileSync(path, bytes);
    chmodSync(path, 0);
    const isRoot = process.getuid?.() === 0;
    const look = compare('secret.bin').then(
      ({ result }) => result,
      (error: Error) => error.message,
    );
    expect(await look).toBe(isRoot ? 'present' : 'The file cannot be read: its permissions do not allow it.');
  });

  it('of 40 MB is read at 64 MiB a second, and no longer than until the process ends', async () => {
    const large = randomBytes(40_000_000);
    writeFileSync(join(root, 'works', 'large.bin'), large);
    const startedAt = performance.now();
    expect(await compare('large.bin')).toMatchObject({ result: 'changed', sizeBytes: large.length });
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    const ending = new AbortController();
    const look = compare('large.bin', 'works', ending.signal).then(
      () => 'ended',
      () => 'stopped',
    );
    setTimeout(() => ending.abort(), 50);
    expect(await look).toBe('stopped');
  });
});
