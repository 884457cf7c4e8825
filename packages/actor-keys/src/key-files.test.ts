import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyFiles } from './key-files.ts';
import { keyNumber, nextKeyId } from './key-id.ts';
import { makeKeyPair, privateKeyPem, type KeyPair } from './key-pair.ts';
import { pairOfRow } from './pair-of-row.ts';

let folder: string;
let pairs: KeyPair[];
const keys = (): string => join(folder, 'keys');
const names = (): string[] => readdirSync(keys()).toSorted();
const pairOf = (n: number): KeyPair => pairs[n] ?? neverMade();
const neverMade = (): never => {
  throw new Error('there is no such pair');
};
const pemOf = (n: number): string => privateKeyPem(pairOf(n).privateKey);
const publicOf = (n: number): string => pairOf(n).publicKeyPem;
const stageOf = (n: number) => ({ publicKeyPem: publicOf(n), privatePem: pemOf(n) });
const rowOf = (n: number) => ({
  ...{ username: 'giles', kind: 'ed25519' as const, publicKeyPem: publicOf(n) },
  keyId: `https://l2.test/users/giles#ed25519-key${n === 0 ? '' : `-${n + 1}`}`,
});
const privateFile = (): string => readFileSync(join(keys(), 'giles.ed25519.pem'), 'utf8');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'artdag-key-files-'));
  pairs = await Promise.all([0, 1, 2].map(() => makeKeyPair('ed25519')));
  await createKeyFiles(folder).createPrivate('giles', 'ed25519', pemOf(0));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a staged pair', () => {
  it('is put in place once, by however many at the same time, and the former one kept', async () => {
    const files = createKeyFiles(folder);
    await files.stage('giles', 'ed25519', stageOf(1));
    const place = () => files.place('giles', 'ed25519', { publicKeyPem: publicOf(1), formerNumber: 1 });
    await Promise.all(Array.from({ length: 8 }, place));
    await place();
    expect(names()).toEqual(['giles.ed25519.pem', 'giles.ed25519.pem.retired-1']);
    expect(privateFile()).toBe(pemOf(1));
    expect(readFileSync(join(keys(), 'giles.ed25519.pem.retired-1'), 'utf8')).toBe(pemOf(0));
  });

  it('never takes the only name of another key: one that is taken gets a suffix', async () => {
    const files = createKeyFiles(folder);
    writeFileSync(join(keys(), 'giles.ed25519.pem.retired-1'), 'something else');
    await files.stage('giles', 'ed25519', stageOf(1));
    await files.place('giles', 'ed25519', { publicKeyPem: publicOf(1), formerNumber: 1 });
    const [, , suffixed = ''] = names();
    expect(suffixed).toMatch(/^giles\.ed25519\.pem\.retired-1\.[0-9a-f]{8}$/);
    expect(readFileSync(join(keys(), suffixed), 'utf8')).toBe(pemOf(0));
    expect(readFileSync(join(keys(), 'giles.ed25519.pem.retired-1'), 'utf8')).toBe('something else');
  });

  it('is found by its row and put in place, while a row of before finds another key', async () => {
    const files = createKeyFiles(folder);
    await files.stage('giles', 'ed25519', stageOf(1));
    expect(await pairOfRow(files, rowOf(0))).toMatchObject({ publicKeyPem: publicOf(0) });
    expect(privateFile()).toBe(pemOf(0));
    expect(await pairOfRow(files, rowOf(1))).toMatchObject({ publicKeyPem: publicOf(1) });
    expect(privateFile()).toBe(pemOf(1));
    expect(await pairOfRow(files, rowOf(0))).toBe('another key');
    rmSync(join(keys(), 'giles.ed25519.pem'));
    expect(await pairOfRow(files, rowOf(1))).toBe('missing');
    writeFileSync(join(keys(), 'giles.ed25519.pem'), 'no key');
    await expect(pairOfRow(files, rowOf(1))).rejects.toThrow();
  });

  it('is swept when it is old and nobody’s', async () => {
    const files = createKeyFiles(folder);
    for (const n of [1, 2]) await files.stage('giles', 'ed25519', stageOf(n));
    const [now, old] = [new Date(), new Date(Date.now() - 3_600_000)];
    await files.sweepStaged('giles', 'ed25519', [publicOf(1)], now);
    expect(names()).toHaveLength(3);
    for (const name of names()) utimesSync(join(keys(), name), old, old);
    await files.sweepStaged('giles', 'ed25519', [publicOf(1)], now);
    expect(names()).toHaveLength(2);
    expect(await files.readStaged('giles', 'ed25519', publicOf(1))).toBe(pemOf(1));
  });
});

describe('key files', () => {
  it('lists who has any', async () => {
    const files = createKeyFiles(folder);
    await files.createPrivate('anya', 'ed25519', pemOf(1));
    for (const name of ['x.tmp', 'giles.pub', 'giles.pem.retired-1', 'UPPER.pem', '.pem', 'a b.pem']) {
      writeFileSync(join(keys(), name), '');
    }
    expect(await files.listUsers()).toEqual(['anya', 'giles']);
    expect(await createKeyFiles(join(folder, 'none')).listUsers()).toEqual([]);
  });
});

describe('key ids', () => {
  it('count on from the highest, whatever the handle is', () => {
    expect(nextKeyId('https://l2.test', 'a-key-7', 'rsa', ['https://l2.test/users/a-key-7#main-key'])).toBe(
      'https://l2.test/users/a-key-7#main-key-2',
    );
    const ids = ['#ed25519-key', '#ed25519-key-9', '#ed25519-key-10'].map((id) => `https://l2.test/users/x${id}`);
    expect(nextKeyId('https://l2.test', 'x', 'ed25519', ids)).toBe('https://l2.test/users/x#ed25519-key-11');
    expect(ids.map(keyNumber)).toEqual([1, 9, 10]);
  });
});
