import { beforeAll, describe, expect, it } from '@jest/globals';
import { contentHash } from '@artdag/claims';
import { bitcoinNetworks } from '@artdag/opentimestamps';
import { parseVkey } from '@artdag/transparency-log';
import {
  CertificateError,
  lines,
  readCertificate,
  reads,
  verifyCertificate,
  writeCertificate,
  type Certificate,
  type Line,
  type Part,
  type Verdict,
} from './index.ts';
import { composeExample, testFloor, type Composed } from './composed.testing.ts';

let example: Composed;
let ended: Composed;
beforeAll(async () => {
  example = await composeExample();
  ended = await composeExample({ end: 'expires' });
});

function verdicts(o: Composed, certificate: Certificate, file: Buffer = o.file): Record<Line, Verdict> {
  const answers = verifyCertificate({
    ...{ certificate, fileHash: contentHash(file), floor: testFloor },
    trustedKeys: [parseVkey(o.vkey)],
    ownChain: { headerAt: o.headerAt },
  });
  return Object.fromEntries(answers.map(({ line, verdict }) => [line, verdict])) as Record<Line, Verdict>;
}

const verdictOf = (
  certificate: Certificate,
  line: Line,
  more: object = {},
): [Verdict | undefined, string | undefined] => {
  const answer = verifyCertificate({ certificate, fileHash: undefined, floor: testFloor, ...more }).find(
    (each) => each.line === line,
  );
  return [answer?.verdict, answer?.text];
};

const allYes = Object.fromEntries(lines.map((line) => [line, 'yes']));

describe('a certificate', () => {
  it('answers every question with yes, also after it was written and read', () => {
    expect(verdicts(example, example.certificate)).toEqual(allYes);
    expect(verdicts(ended, ended.certificate)).toEqual(allYes);
    const text = writeCertificate(ended.certificate);
    expect(writeCertificate(readCertificate(text))).toBe(text);
    expect(verdicts(ended, readCertificate(text))).toEqual(allYes);
    expect(text.length).toBeLessThan(8_000);
  });

  it('says open, and not no, where something is missing and nothing is false', () => {
    const { certificate } = example;
    expect(verdictOf(certificate, 'content')).toEqual(['open', expect.stringContaining('No file was given')]);
    expect(verdictOf(certificate, 'log_signature')).toEqual([
      'open',
      expect.stringContaining('the certificate itself names'),
    ]);
    expect(verdictOf(certificate, 'chain')).toEqual(['open', expect.stringContaining('3 blocks follow')]);
    expect(verdictOf(certificate, 'chain', { ownChain: { headerAt: () => undefined } })[0]).toBe('open');
    const unanchored = { ...certificate, anchor: null };
    expect(verdictOf(unanchored, 'anchored')).toEqual(['open', expect.stringContaining('not anchored')]);
    const anchor = certificate.anchor && { ...certificate.anchor, blockHeaders: [], blockHeight: null };
    expect(verdictOf({ ...certificate, anchor }, 'anchored')).toEqual(['open', expect.stringContaining('870000')]);
    const { headerAt } = example;
    expect(verdictOf({ ...certificate, anchor }, 'anchored', { ownChain: { headerAt } })[0]).toBe('yes');
  });

  it('takes no header for a real block that shows less work than is wanted', () => {
    expect(verdictOf(example.certificate, 'anchored', { floor: bitcoinNetworks.mainnet })[0]).toBe('no');
  });

  it('does not count what a revoked key signed, or a key that was retired before the claim', async () => {
    const revoked = await composeExample({ end: 'revoked' });
    expect(verdicts(revoked, revoked.certificate)).toEqual({ ...allYes, key: 'no' });
    const late = await composeExample({ end: 'expires', endAt: '2026-01-10T11:59:59Z' });
    expect(verdicts(late, late.certificate)).toEqual({ ...allYes, key: 'no' });
  });

  it('is not believed by a log key that is another one, whatever the certificate names', () => {
    const trustedKeys = [parseVkey(ended.vkey)];
    expect(verdictOf(example.certificate, 'log_signature', { trustedKeys })[0]).toBe('no');
  });
});

/** Each part of a certificate as bytes, and the certificate with other bytes in that place. */
interface Place {
  part: Part;
  bytes: Buffer;
  put(bytes: Buffer): { certificate: Certificate; file?: Buffer };
}

function places({ certificate, file }: Composed): Record<string, Place> {
  const { activity, anchor, key, keyEnd, tlogProof } = certificate;
  if (anchor === null || keyEnd === null) throw new Error('the example lacks something');
  const [proofLines = ''] = tlogProof.split('\n\n', 1);
  const checkpoint = tlogProof.slice(proofLines.length + 2);
  const [body = '', line = ''] = checkpoint.split('\n\n');
  const signature = /^— \S+ (\S+)$/m.exec(line)?.[1] ?? '';
  const withProof = (text: string) => ({ certificate: { ...certificate, tlogProof: text } });
  const text = (part: Part, value: string, put: (text: string) => Certificate): Place => ({
    part,
    bytes: Buffer.from(value),
    put: (bytes) => ({ certificate: put(bytes.toString('latin1')) }),
  });
  const hashes = proofLines
    .split('\n')
    .slice(2)
    .map((hash) => Buffer.from(hash, 'base64'));
  const [first, ...rest] = anchor.blockHeaders;
  const proofValue = (activity['proof'] as { proofValue: string }).proofValue;
  const withActivity = (json: string): Certificate => ({
    ...certificate,
    activity: JSON.parse(json) as Record<string, unknown>,
  });
  const activityText = JSON.stringify(activity);
  return {
    file: { part: 'file', bytes: file, put: (bytes) => ({ certificate, file: bytes }) },
    'the name in the activity': text('activity', 'my-video', (name) =>
      withActivity(activityText.replace('"my-video"', JSON.stringify(name))),
    ),
    'the signature of the activity': text('activity', proofValue.slice(1), (value) =>
      withActivity(activityText.replace(proofValue, JSON.stringify(`z${value}`).slice(1, -1))),
    ),
    salt: {
      part: 'salt',
      bytes: Buffer.from(certificate.salt),
      put: (salt) => ({ certificate: { ...certificate, salt } }),
    },
    leaf: text('leaf', certificate.leaf, (leaf) => ({ ...certificate, leaf })),
    'the hashes of the proof': {
      part: 'proof',
      bytes: Buffer.concat(hashes),
      put: (bytes) =>
        withProof(
          `${proofLines.split('\n').slice(0, 2).join('\n')}\n${cut(bytes, 32)
            .map((each) => each.toString('base64'))
            .join('\n')}\n\n${checkpoint}`,
        ),
    },
    'the root in the checkpoint': {
      part: 'checkpoint',
      bytes: Buffer.from(body.split('\n')[2] ?? '', 'base64'),
      put: (bytes) => withProof(tlogProof.replace(body.split('\n')[2] ?? '', bytes.toString('base64'))),
    },
    'the signature of the log': {
      part: 'log_signature',
      bytes: Buffer.from(signature, 'base64'),
      put: (bytes) => withProof(tlogProof.replace(signature, bytes.toString('base64'))),
    },
    'the document of the key': text('key', key.document, (document) => ({ ...certificate, key: { ...key, document } })),
    'the leaf of the key': text('key', key.leaf, (leaf) => ({ ...certificate, key: { ...key, leaf } })),
    'the proof of the key': {
      part: 'key',
      bytes: Buffer.concat(key.hashes),
      put: (bytes) => ({ certificate: { ...certificate, key: { ...key, hashes: cut(bytes, 32) } } }),
    },
    "the document of the key's end": text('key_end', keyEnd.document, (document) => ({
      ...certificate,
      keyEnd: { ...keyEnd, document },
    })),
    "the leaf of the key's end": text('key_end', keyEnd.leaf, (leaf) => ({
      ...certificate,
      keyEnd: { ...keyEnd, leaf },
    })),
    'the .ots file': {
      part: 'ots',
      bytes: Buffer.from(anchor.ots),
      put: (ots) => ({ certificate: { ...certificate, anchor: { ...anchor, ots } } }),
    },
    'the block header': {
      part: 'header',
      bytes: Buffer.from(first ?? []),
      put: (header) => ({ certificate: { ...certificate, anchor: { ...anchor, blockHeaders: [header, ...rest] } } }),
    },
    'the headers on top of it': {
      part: 'successors',
      bytes: Buffer.concat(rest),
      put: (bytes) => ({
        certificate: {
          ...certificate,
          anchor: { ...anchor, blockHeaders: [...(first ? [first] : []), ...cut(bytes, 80)] },
        },
      }),
    },
  };
}

function cut(bytes: Buffer, length: number): Buffer[] {
  return Array.from({ length: bytes.length / length }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}

/** The lines that a change of the part must make false: it belongs to them. */
const belongsTo: Record<string, Line[]> = {
  file: ['content'],
  'the name in the activity': ['signature', 'leaf'],
  'the signature of the activity': ['signature', 'leaf'],
  salt: ['leaf'],
  leaf: ['leaf', 'inclusion'],
  'the hashes of the proof': ['inclusion'],
  'the root in the checkpoint': ['inclusion', 'key', 'log_signature', 'anchored'],
  'the signature of the log': ['log_signature', 'anchored'],
  'the document of the key': ['key'],
  'the leaf of the key': ['key'],
  'the proof of the key': ['key'],
  "the document of the key's end": ['key'],
  "the leaf of the key's end": ['key'],
  'the .ots file': ['anchored'],
  'the block header': ['anchored', 'chain'],
  'the headers on top of it': ['chain'],
};

describe('one changed byte', () => {
  it.each(Object.keys(belongsTo))('in %s is seen by its lines and by none that does not build on it', (name) => {
    const place = places(ended)[name];
    if (place === undefined) throw new Error(`no such place: ${name}`);
    const mayChange = new Set<Line>(lines.filter((line) => reads[line].includes(place.part)));
    let changed = 0;
    for (let at = 0; at < place.bytes.length; at += 1) {
      const bytes = Buffer.from(place.bytes);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 7));
      const { certificate, file } = place.put(bytes);
      const seen = verdicts(ended, certificate, file ?? ended.file);
      const flipped = lines.filter((line) => seen[line] !== 'yes');
      expect([at, flipped.filter((line) => !mayChange.has(line))]).toEqual([at, []]);
      expect([at, (belongsTo[name] ?? []).filter((line) => !flipped.includes(line))]).toEqual([at, []]);
      changed += 1;
    }
    expect(changed).toBe(place.bytes.length);
  });
});

describe('what is no certificate', () => {
  it.each([
    ['', 'not JSON'],
    ['[]', 'no ownership certificate'],
    ['{"format":"artdag-certificate/v2"}', 'no ownership certificate'],
    ['{"format":"artdag-certificate/v1"}', 'activity'],
    [`"${'x'.repeat(300_000)}"`, 'too large'],
  ])('is refused with its reason: %.40s', (text, reason) => {
    expect(() => readCertificate(text)).toThrow(CertificateError);
    expect(() => readCertificate(text)).toThrow(reason);
  });

  it('is refused with a CertificateError, or answered, whatever member is another thing', () => {
    const whole = JSON.parse(writeCertificate(ended.certificate)) as Record<string, unknown>;
    const things: unknown[] = [
      null,
      7,
      -1,
      'x',
      '',
      [],
      {},
      ['x'],
      { document: 1 },
      'AAAA',
      { ots: '', block_headers: ['00'] },
    ];
    for (const name of Object.keys(whole)) {
      for (const thing of things) {
        const text = JSON.stringify({ ...whole, [name]: thing });
        try {
          const answers = verifyCertificate({ certificate: readCertificate(text), fileHash: undefined });
          expect(answers.map(({ line }) => line)).toEqual([...lines]);
        } catch (error) {
          expect(error).toBeInstanceOf(CertificateError);
        }
      }
    }
  });
});
