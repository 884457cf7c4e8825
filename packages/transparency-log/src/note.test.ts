import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  formatNote,
  formatVkey,
  LogDataError,
  openNote,
  parseNote,
  parseVkey,
  signText,
  verifierKey,
} from './index.ts';

/** The example of golang.org/x/mod/sumdb/note: private key seed, vkey and note. */
const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const peterSeed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const text =
  'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
    '’',
    "'",
  );
const line =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

const seeded = (seed: Uint8Array): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });

function newKey(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { key: verifierKey(name, raw), privateKey };
}

describe('vkeys', () => {
  it('are read and written as Go does', () => {
    expect(parseVkey(peter)).toMatchObject({ name: 'PeterNeumann', id: 'c74f20a3' });
    expect(formatVkey(parseVkey(peter))).toBe(peter);
    const sumGolang = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
    expect(formatVkey(parseVkey(sumGolang))).toBe(sumGolang);
  });

  it('are refused with any character changed, another type, another length, a name that cannot be one', () => {
    const refused = [
      '',
      'PeterNeumann',
      peter.slice(0, -1),
      `${peter}=`,
      ` ${peter}`,
      `${peter}\n`,
      peter.replace('c74f20a3', 'C74F20A3'),
      // The same key of another length and of another type, each with the id that it would have (from Go's tests).
      'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
      'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
      ...Array.from(
        peter,
        (character, at) => `${peter.slice(0, at)}${character === 'A' ? 'B' : 'A'}${peter.slice(at + 1)}`,
      ),
    ];
    for (const vkey of refused) expect(() => parseVkey(vkey)).toThrow(LogDataError);
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\nb', 'a\u0000']) {
      expect(() => verifierKey(name, parseVkey(peter).publicKey)).toThrow(LogDataError);
    }
  });
});

describe('notes', () => {
  it('are signed and opened as Go does', () => {
    const key = parseVkey(peter);
    const signature = signText(text, key, seeded(peterSeed));
    expect(formatNote({ text, signatures: [signature] })).toBe(`${text}\n${line}`);
    expect(openNote(`${text}\n${line}`, [key])).toEqual({ text, signers: [key] });
    expect(openNote(Buffer.from(`${text}\n${line}`), [key])).toEqual({ text, signers: [key] });
  });

  it('may bear signatures of strangers, of any length, and of several known keys', () => {
    const [log, witness] = [newKey('log.example/log'), newKey('witness.example')];
    const body = 'One\n\nTwo\n';
    const signatures = [
      { name: 'stranger', id: '00000000', signature: Buffer.alloc(4_000, 1) },
      // The name of a known key with another id.
      { name: log.key.name, id: '00000001', signature: Buffer.alloc(1) },
      // Control characters from U+007F on are no reason to refuse a note.
      { name: 'a\x7fb\x9f', id: '00000001', signature: Buffer.alloc(1) },
      signText(body, witness.key, witness.privateKey),
      signText(body, log.key, log.privateKey),
      signText(body, log.key, log.privateKey),
    ];
    const note = formatNote({ text: body, signatures });
    expect(openNote(note, [log.key, witness.key])).toEqual({ text: body, signers: [witness.key, log.key] });
    expect(parseNote(note).signatures).toHaveLength(6);
    expect(() => openNote(note, [newKey('log.example/log').key])).toThrow('No known key');
    expect(() => openNote(note, [])).toThrow('No known key');
  });

  it('are refused whole when the signature of a known key is false', () => {
    const [log, witness] = [newKey('log.example/log'), newKey('witness.example')];
    const good = signText('One\n', log.key, log.privateKey);
    const bad = {
      ...signText('One\n', witness.key, witness.privateKey),
      signature: sign(null, Buffer.from('Two\n'), witness.privateKey),
    };
    const note = formatNote({ text: 'One\n', signatures: [good, bad] });
    expect(openNote(note, [log.key]).signers).toEqual([log.key]);
    expect(() => openNote(note, [log.key, witness.key])).toThrow('The signature of witness.example is false.');
  });

  it('are refused when malformed', () => {
    const key = parseVkey(peter);
    const malformed = [
      '',
      '\n',
      text,
      `${text}${line}`,
      `${text}\n${line}`.slice(0, -1),
      `${text}\n\n`,
      `${text}\n${line}\n`,
      `${text}\n${line}x\n`,
      `${text}\n${line.replace('—', '-')}`,
      `${text}\n${line.replace('=\n', '\n')}`,
      `${text}\n${line.replace('AM=', 'AN=')}`,
      `${text}\n${line.replace(' x', '  x')}`,
      `${text}\n${line.replace('— ', '—')}`,
      `${text}\n— PeterNeumann x08gow==\n`,
      `${text}\n${line.replace('PeterNeumann', 'Peter+Neumann')}`,
      `${text}\n${line.replace('PeterNeumann', 'Peter\u2003Neumann')}`,
      `${text}\n${line}`.replaceAll('\n', '\r\n'),
      `\t${text}\n${line}`,
      `\ud800${text}\n${line}`,
      `${text}\n${line.repeat(101)}`,
      `${'x'.repeat(1_000_000)}\n\n${line}`,
    ];
    for (const note of malformed) expect(() => openNote(note, [key])).toThrow(LogDataError);
    expect(() => openNote(Buffer.from(`é${text}\n${line}`, 'latin1'), [key])).toThrow('Not UTF-8.');
  });
});
