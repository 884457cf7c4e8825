import { describe, expect, it } from '@jest/globals';
import type { ClientRequest } from 'node:http';
import httpSignature from 'http-signature';
import {
  draft,
  keyId,
  keySource,
  publicKeyPem,
  seal,
  seconds,
  writeHeader,
  type Draft,
  type SignedRequest,
} from './signatures.testing.ts';
import { verifyRequest } from './verify-request.ts';

const now = new Date();
const stale = new Date(now.getTime() - 3600_000);
const hostAndDate: [string, string][] = [
  ['Host', 'l2.example.com'],
  ['Date', now.toUTCString()],
];

interface Weakness {
  name: string;
  request: SignedRequest;
  code: string;
  /** What the library is told to demand; its default is the date. */
  required?: readonly string[];
}

function weakness(name: string, code: string, changes: Partial<Draft>): Weakness {
  return { name, code, request: seal(draft({ now, ...changes })) };
}

const replaced = draft({ now }).headers;

/** What `http-signature` 1.4.0 takes for good, each proven by running it, and the answer that we give. */
const weaknesses: Weakness[] = [
  {
    required: draft().covered,
    ...weakness('a stale Date behind a fresh unsigned X-Date', 'date_skew', {
      headers: [
        ['Host', 'l2.example.com'],
        ['Date', stale.toUTCString()],
        replaced[2] ?? ['', ''],
        ['X-Date', now.toUTCString()],
      ],
    }),
  },
  weakness('a Date that is garbage', 'signature_invalid', {
    headers: [['Host', 'l2.example.com'], ['Date', 'tomorrow, perhaps'], replaced[2] ?? ['', '']],
  }),
  weakness('two Date headers', 'signature_invalid', { headers: [...replaced, ['Date', stale.toUTCString()]] }),
  weakness('two Host headers', 'signature_invalid', { headers: [...replaced, ['Host', 'evil.example']] }),
  {
    required: ['(created)'],
    ...weakness('no Date, and a (created) of an hour ago', 'signature_invalid', {
      headers: [['Host', 'l2.example.com'], replaced[2] ?? ['', '']],
      covered: ['(request-target)', '(created)', 'host', 'digest'],
      pseudo: { '(created)': String(seconds(stale)) },
      header: (signature, covered) =>
        writeHeader({ keyId, algorithm: 'rsa-sha256', created: seconds(stale), headers: covered.join(' '), signature }),
    }),
  },
  weakness('a (created) of an hour ago beside a fresh Date', 'date_skew', {
    covered: ['(request-target)', '(created)', 'host', 'date', 'digest'],
    pseudo: { '(created)': String(seconds(stale)) },
    header: (signature, covered) =>
      writeHeader({ keyId, algorithm: 'rsa-sha256', created: seconds(stale), headers: covered.join(' '), signature }),
  }),
  weakness('expired two minutes ago', 'date_skew', {
    header: (signature, covered) =>
      writeHeader({
        keyId,
        algorithm: 'rsa-sha256',
        expires: seconds(now) - 120,
        headers: covered.join(' '),
        signature,
      }),
  }),
  weakness('only the Date covered', 'signature_invalid', { covered: ['date'] }),
  weakness('no headers parameter, which covers only the Date', 'signature_invalid', {
    covered: ['date'],
    header: (signature) => writeHeader({ keyId, algorithm: 'rsa-sha256', signature }),
  }),
  weakness('the digest not covered', 'signature_invalid', { covered: ['(request-target)', 'host', 'date'] }),
  weakness('no Digest at all on a POST', 'signature_invalid', {
    headers: hostAndDate,
    covered: ['(request-target)', 'host', 'date'],
  }),
  weakness('the request target not covered', 'signature_invalid', { covered: ['host', 'date', 'digest'] }),
  weakness('the host not covered', 'signature_invalid', { covered: ['(request-target)', 'date', 'digest'] }),
  weakness('keyId twice, the last one taken', 'signature_invalid', {
    header: (signature, covered) =>
      `keyId="https://victim.example/key",${writeHeader({ keyId, algorithm: 'rsa-sha256', headers: covered.join(' '), signature })}`,
  }),
  weakness('headers twice, the last one taken', 'signature_invalid', {
    header: (signature, covered) =>
      `headers="date",${writeHeader({ keyId, algorithm: 'rsa-sha256', headers: covered.join(' '), signature })}`,
  }),
  weakness('rsa-sha1', 'signature_invalid', {
    hash: 'sha1',
    header: (signature, covered) =>
      writeHeader({ keyId, algorithm: 'rsa-sha1', headers: covered.join(' '), signature }),
  }),
  weakness('a header covered twice', 'signature_invalid', {
    covered: ['(request-target)', 'host', 'date', 'digest', 'host'],
  }),
  {
    name: 'a body that is not the digest’s',
    code: 'digest_mismatch',
    request: { ...seal(draft({ now })), body: Buffer.from('{"type":"Delete"}') },
  },
];

function libraryTakes({ request, required }: Weakness): boolean {
  const { method, originalUrl: url, headers } = request;
  const received = { method, url, headers, httpVersion: '1.1' } as unknown as ClientRequest;
  return httpSignature.verifySignature(httpSignature.parseRequest(received, { headers: required }), publicKeyPem);
}

describe('what http-signature takes and we do not', () => {
  it.each(weaknesses)('$name: $code', async (weak) => {
    const { request, code } = weak;
    expect(libraryTakes(weak)).toBe(true);
    const { key, asked } = keySource();
    await expect(verifyRequest({ ...request, key })).rejects.toMatchObject({ name: 'SignatureError', code });
    // Nothing that is wrong on its face may make us fetch a key.
    expect(asked).toEqual([]);
  });

  it('reads the Signature header, whatever stands in Authorization', async () => {
    const good = seal(draft({ now }));
    const rawHeaders = [
      ...good.rawHeaders,
      'Authorization',
      'Signature keyId="https://victim.example/key",signature="AAAA"',
    ];
    await expect(verifyRequest({ ...good, rawHeaders, key: keySource().key })).resolves.toMatchObject({ keyId });
    const without = good.rawHeaders.slice(0, -2);
    const moved = [...without, 'Authorization', `Signature ${good.rawHeaders.at(-1)}`];
    await expect(verifyRequest({ ...good, rawHeaders: moved, key: keySource().key })).rejects.toMatchObject({
      code: 'signature_missing',
    });
  });
});
