import { generateKeyPairSync } from 'node:crypto';
import { leafHash } from '@artdag/claims';
import { describe, expect, it } from '@jest/globals';
import {
  checkpointText,
  decodeEntryBundle,
  emptyRoot,
  encodeEntryBundle,
  formatNote,
  formatTlogProof,
  inclusionProof,
  LogDataError,
  openCheckpoint,
  parseTilePath,
  parseTlogProof,
  signText,
  tilePath,
  verifierKey,
  verifyTlogProof,
} from './index.ts';
import { naiveRoot, storeTiles } from './naive-tree.testing.ts';

const origin = 'l2.example.com/log';
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = verifierKey(origin, Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
const signed = (text: string): string => formatNote({ text, signatures: [signText(text, key, privateKey)] });

describe('tile paths', () => {
  it.each([
    ['0/000', { level: 0, index: 0, width: 256 }],
    ['0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['1/005.p/3', { level: 1, index: 5, width: 3 }],
    ['2/x001/000.p/1', { level: 2, index: 1_000, width: 1 }],
    ['entries/999', { level: 'entries' as const, index: 999, width: 256 }],
    ['entries/x001/000.p/255', { level: 'entries' as const, index: 1_000, width: 255 }],
  ])('%s is written and read as C2SP and Go do', (path, tile) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it('of any other spelling are none', () => {
    const none = [
      '',
      '0',
      '0/',
      '0/0',
      '0/00',
      '00/000',
      '64/000',
      '-1/000',
      '0/x000/000',
      '0/000/000',
      '0/x001',
      '0/x001/x002',
    ];
    const partial = ['0/000.p', '0/000.p/', '0/000.p/0', '0/000.p/01', '0/000.p/256', '0/000.p/999', '0/000.p/-1'];
    const odd = [
      'entry/000',
      'data/000',
      '0/000/',
      '/0/000',
      '0/000 ',
      '0/0x0',
      '0/x1e/000',
      '0/١٢٣',
      '0/x999/x999/x999/x999/x999/999',
    ];
    for (const path of [...none, ...partial, ...odd]) expect(() => parseTilePath(path)).toThrow(LogDataError);
  });
});

describe('entry bundles', () => {
  it('are entries behind their lengths', () => {
    expect(encodeEntryBundle(['é', '', Buffer.alloc(300, 1)]).subarray(0, 8)).toEqual(
      Buffer.from([0, 2, 0xc3, 0xa9, 0, 0, 1, 44]),
    );
    const entries = ['é', '', 'x'.repeat(0xffff)].map((entry) => Buffer.from(entry));
    expect(decodeEntryBundle(encodeEntryBundle(entries))).toEqual(entries);
    expect(decodeEntryBundle(Buffer.alloc(0))).toEqual([]);
    expect(() => encodeEntryBundle(['x'.repeat(0x10000)])).toThrow(RangeError);
  });

  it('that end within an entry are refused', () => {
    const bundle = encodeEntryBundle(['abc', 'de']);
    for (const length of [1, 2, 3, 4, 6, 7, 8]) {
      expect(() => decodeEntryBundle(bundle.subarray(0, length))).toThrow(LogDataError);
    }
    expect(decodeEntryBundle(bundle.subarray(0, 5))).toHaveLength(1);
  });
});

describe('checkpoints', () => {
  const root = leafHash('leaf');
  const text = checkpointText({ origin, size: 1, root });

  it('are three lines, signed', () => {
    expect(text).toBe(`l2.example.com/log\n1\n${root.toString('base64')}\n`);
    expect(openCheckpoint(signed(text), [key])).toEqual({ origin, size: 1, root });
  });

  it('of another log, another key or another form are refused', () => {
    const other = checkpointText({ origin: 'other.example/log', size: 1, root });
    expect(() => openCheckpoint(signed(other), [key])).toThrow('of other.example/log');
    const base64 = root.toString('base64');
    const malformed = [
      `${origin}\n01\n${base64}\n`,
      `${origin}\n-1\n${base64}\n`,
      `${origin}\n1e3\n${base64}\n`,
      `${origin}\n9007199254740992\n${base64}\n`,
      `${origin}\n1\n${base64.replace('=', '')}\n`,
      `${origin}\n1\n${root.subarray(1).toString('base64')}\n`,
      `${origin}\n1\n${base64}\nextension\n`,
      `${origin}\n1\n${base64}\n\n`,
      `\n1\n${base64}\n`,
      `${origin}\n1\n`,
    ];
    for (const each of malformed) expect(() => openCheckpoint(signed(each), [key])).toThrow(LogDataError);
  });
});

describe('tlog-proofs', () => {
  const leaves = Array.from({ length: 300 }, (_, i) => leafHash(`leaf ${i}`));
  const { read } = storeTiles(leaves, () => 300);
  const root = naiveRoot(leaves);
  const checkpoint = signed(checkpointText({ origin, size: 300, root }));
  const proofOf = async (index: number) => ({ index, hashes: await inclusionProof(index, 300, read), checkpoint });

  it('are written and read as C2SP has them, and verify', async () => {
    const proof = await proofOf(123);
    const text = formatTlogProof(proof);
    const hashes = proof.hashes.map((hash) => `${hash.toString('base64')}\n`).join('');
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nindex 123\n${hashes}\n${checkpoint}`);
    expect(parseTlogProof(text)).toEqual(proof);
    expect(verifyTlogProof(parseTlogProof(text), leaves[123] ?? root, [key])).toEqual({ origin, size: 300, root });
    const withExtra = { extra: Buffer.from('anything'), ...proof };
    expect(formatTlogProof(withExtra).split('\n')[1]).toBe('extra YW55dGhpbmc=');
    expect(parseTlogProof(formatTlogProof(withExtra))).toEqual(withExtra);
  });

  it('of a tree with one leaf have no hashes', () => {
    const single = signed(checkpointText({ origin, size: 1, root: leafHash('x') }));
    const text = formatTlogProof({ index: 0, hashes: [], checkpoint: single });
    expect(text.startsWith('c2sp.org/tlog-proof@v1\nindex 0\n\nl2.example.com/log\n1\n')).toBe(true);
    expect(verifyTlogProof(parseTlogProof(text), leafHash('x'), [key]).size).toBe(1);
  });

  it('do not verify for another leaf, index or checkpoint', async () => {
    const proof = await proofOf(123);
    const leaf = leaves[123] ?? root;
    expect(() => verifyTlogProof(proof, leaves[124] ?? root, [key])).toThrow('does not lead');
    expect(() => verifyTlogProof({ ...proof, index: 122 }, leaf, [key])).toThrow('does not lead');
    const emptied = signed(checkpointText({ origin, size: 300, root: emptyRoot }));
    expect(() => verifyTlogProof({ ...proof, checkpoint: emptied }, leaf, [key])).toThrow('does not lead');
    const edited = checkpoint.replace('\n300\n', '\n299\n');
    expect(() => verifyTlogProof({ ...proof, checkpoint: edited }, leaf, [key])).toThrow('is false');
  });

  it('of another form are refused', async () => {
    const text = formatTlogProof(await proofOf(5));
    const malformed = [
      '',
      text.replace('@v1', '@v2'),
      text.replace('index 5\n', ''),
      text.replace('index 5\n', 'index 05\n'),
      text.replace('index 5\n', 'index -5\n'),
      text.replace('index 5\n', 'index 5\nextra eA==\n'),
      text.replace('index 5\n', 'extra eA=\nindex 5\n'),
      text.replace('index 5\n', 'index 5\nAAAA\n'),
      text.replace('index 5\n', `index 5\n${root.toString()}\n`),
      text.replace('index 5\n', `index 5\n${`${emptyRoot.toString('base64')}\n`.repeat(60)}`),
      text.replaceAll('\n', '\r\n'),
    ];
    for (const each of malformed) expect(() => parseTlogProof(each)).toThrow(LogDataError);
  });
});
