import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { SignatureError } from './signature-error.ts';
import {
  draft,
  keyId,
  keySource,
  owner,
  pem,
  publicKeyPem,
  seal,
  seconds,
  writeHeader,
  type Draft,
} from './signatures.testing.ts';
import { signatureKeyIds, verifyRequest } from './verify-request.ts';

const now = new Date('2026-11-21T12:00:00Z');
const getDraft: Partial<Draft> = {
  method: 'GET',
  body: Buffer.alloc(0),
  covered: ['(request-target)', 'host', 'date'],
};

function verify(changes: Partial<Draft> = {}, o: { authorities?: string[] } = {}) {
  return verifyRequest({ ...seal(draft({ now, ...changes })), ...o, key: keySource().key });
}

function withHeader(
  parameters: (signature: string, covered: string[]) => Record<string, string | number>,
): Partial<Draft> {
  return { header: (signature, covered) => writeHeader(parameters(signature, covered)) };
}

describe('what is accepted', () => {
  const accepted: [string, Partial<Draft>][] = [
    ['a POST', {}],
    ['a GET without a digest', getDraft],
    [
      'algorithm hs2019',
      withHeader((signature, covered) => ({ keyId, algorithm: 'hs2019', headers: covered.join(' '), signature })),
    ],
    ['no algorithm', withHeader((signature, covered) => ({ keyId, headers: covered.join(' '), signature }))],
    [
      'an algorithm in capitals',
      withHeader((signature, covered) => ({ keyId, algorithm: 'RSA-SHA256', headers: covered.join(' '), signature })),
    ],
    [
      'comma and space between parameters',
      {
        header: (signature, covered) =>
          `keyId="${keyId}" , headers="${covered.join(' ')}",\tsignature = "${signature}"`,
      },
    ],
    [
      'header names in capitals',
      withHeader((signature, covered) => ({ keyId, headers: covered.join(' ').toUpperCase(), signature })),
    ],
    [
      'unknown parameters',
      withHeader((signature, covered) => ({ keyId, nonce: 'x', headers: covered.join(' '), signature })),
    ],
    ['a Date 300 s old', { headers: dated(new Date(now.getTime() - 300_000).toUTCString()) }],
    ['a Date 300 s ahead', { headers: dated(new Date(now.getTime() + 300_000).toUTCString()) }],
    ['an ISO date', { headers: dated('2026-11-21T12:00:01.5Z') }],
    [
      '(created) and (expires)',
      {
        covered: ['(request-target)', '(created)', '(expires)', 'host', 'date', 'digest'],
        pseudo: { '(created)': String(seconds(now)), '(expires)': String(seconds(now) + 60) },
        ...withHeader((signature, covered) => ({
          keyId,
          created: seconds(now),
          expires: `${seconds(now) + 60}`,
          headers: covered.join(' '),
          signature,
        })),
      },
    ],
    [
      'further covered headers',
      { headers: [...draft({ now }).headers, ['User-Agent', 'x (y)']], covered: [...draft().covered, 'user-agent'] },
    ],
    ['an X-Date that nobody signed', { headers: [...draft({ now }).headers, ['X-Date', 'yesterday']] }],
    [
      'a digest among others',
      { headers: [...draft({ now }).headers.slice(0, 2), ['Digest', `MD5=abc, ${draft().headers[2]?.[1]}`]] },
    ],
  ];
  it.each(accepted)('%s', async (_name, changes) => {
    await expect(verify(changes)).resolves.toEqual({ keyId, owner });
  });
});

describe('an Ed25519 key', () => {
  const ed25519 = generateKeyPairSync('ed25519');
  const by = (algorithm: Record<string, string>) =>
    seal(
      draft({
        now,
        key: ed25519.privateKey,
        hash: null,
        ...withHeader((signature, covered) => ({ keyId, ...algorithm, headers: covered.join(' '), signature })),
      }),
    );
  const { key } = keySource([pem(ed25519.publicKey)]);

  it('signs by hs2019, and where no algorithm is named', async () => {
    await expect(verifyRequest({ ...by({ algorithm: 'hs2019' }), key })).resolves.toEqual({ keyId, owner });
    await expect(verifyRequest({ ...by({}), key })).resolves.toEqual({ keyId, owner });
  });

  it('does not sign by rsa-sha256', async () => {
    const request = verifyRequest({ ...by({ algorithm: 'rsa-sha256' }), key });
    await expect(request).rejects.toMatchObject({ code: 'signature_invalid' });
  });
});

describe('what is refused', () => {
  const fresh = draft({ now });
  const refused: [string, string, Partial<Draft>][] = [
    ['a Date 301 s old', 'date_skew', { headers: dated(new Date(now.getTime() - 301_000).toUTCString()) }],
    ['a Date 301 s ahead', 'date_skew', { headers: dated(new Date(now.getTime() + 301_000).toUTCString()) }],
    ['no Date', 'signature_invalid', { headers: fresh.headers.filter(([name]) => name !== 'Date') }],
    ['no Host', 'signature_invalid', { headers: fresh.headers.slice(1) }],
    [
      'X-Date covered beside Date',
      'signature_invalid',
      { headers: [...fresh.headers, ['X-Date', now.toUTCString()]], covered: [...fresh.covered, 'x-date'] },
    ],
    [
      'X-Date covered in place of Date',
      'signature_invalid',
      {
        headers: [...fresh.headers, ['X-Date', now.toUTCString()]],
        covered: ['(request-target)', 'host', 'x-date', 'digest'],
      },
    ],
    [
      'a Digest of another algorithm only',
      'digest_mismatch',
      { headers: [...fresh.headers.slice(0, 2), ['Digest', 'SHA-512=AAAA']] },
    ],
    [
      'two SHA-256 digests',
      'digest_mismatch',
      { headers: [...fresh.headers.slice(0, 2), ['Digest', `${fresh.headers[2]?.[1]},${fresh.headers[2]?.[1]}`]] },
    ],
    ['two Digest headers', 'signature_invalid', { headers: [...fresh.headers, fresh.headers[2] ?? ['', '']] }],
    [
      'a digest that is not base64',
      'digest_mismatch',
      { headers: [...fresh.headers.slice(0, 2), ['Digest', 'SHA-256=????']] },
    ],
    ['a GET with a body and no digest', 'signature_invalid', { ...getDraft, body: Buffer.from('x') }],
    ['a DELETE without a digest', 'signature_invalid', { ...getDraft, method: 'DELETE' }],
    [
      'created in the future',
      'date_skew',
      withHeader((signature, covered) => ({
        keyId,
        created: seconds(now) + 301,
        headers: covered.join(' '),
        signature,
      })),
    ],
    [
      '(created) covered and not given',
      'signature_invalid',
      { covered: ['(created)', ...fresh.covered], pseudo: { '(created)': 'undefined' } },
    ],
    [
      '(expires) covered and not given',
      'signature_invalid',
      { covered: ['(expires)', ...fresh.covered], pseudo: { '(expires)': 'undefined' } },
    ],
    ['a covered name that was not sent', 'signature_invalid', { covered: [...fresh.covered, 'x-nothing'] }],
    [
      'a covered header that was sent twice',
      'signature_invalid',
      { headers: [...fresh.headers, ['X-A', '1'], ['X-A', '2']], covered: [...fresh.covered, 'x-a'] },
    ],
    [
      'a covered header beyond ASCII',
      'signature_invalid',
      { headers: [...fresh.headers, ['X-A', 'é']], covered: [...fresh.covered, 'x-a'] },
    ],
    [
      'another key’s signature',
      'signature_invalid',
      { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
    ],
    [
      'SHA-512 under the name hs2019',
      'signature_invalid',
      {
        hash: 'sha512',
        ...withHeader((signature, covered) => ({ keyId, algorithm: 'hs2019', headers: covered.join(' '), signature })),
      },
    ],
    [
      'hmac-sha256',
      'signature_invalid',
      withHeader((signature, covered) => ({ keyId, algorithm: 'hmac-sha256', headers: covered.join(' '), signature })),
    ],
  ];
  it.each(refused)('%s: %s', async (_name, code, changes) => {
    await expect(verify(changes)).rejects.toMatchObject({ name: 'SignatureError', code });
  });

  it('another path, query or method than the signed one', async () => {
    const signed = seal(draft({ now }));
    for (const change of [{ originalUrl: '/inbox' }, { originalUrl: `${signed.originalUrl}?a` }, { method: 'PUT' }]) {
      await expect(verifyRequest({ ...signed, ...change, key: keySource().key })).rejects.toMatchObject({
        code: 'signature_invalid',
      });
    }
  });

  it('a request that was signed for another host, when it is told its own', async () => {
    await expect(verify({}, { authorities: ['other.example'] })).rejects.toMatchObject({ code: 'signature_invalid' });
    await expect(verify({}, { authorities: ['l2.example.com'] })).resolves.toEqual({ keyId, owner });
  });

  it('no signature: signature_missing', async () => {
    const unsigned = { ...seal(draft({ now })), rawHeaders: fresh.headers.flat() };
    await expect(verifyRequest({ ...unsigned, key: keySource().key })).rejects.toMatchObject({
      code: 'signature_missing',
    });
  });

  it('two Signature headers, and one of RFC 9421', async () => {
    const signed = seal(draft({ now }));
    for (const more of [
      ['signature', 'x'],
      ['Signature-Input', 'sig1=()'],
    ]) {
      const request = { ...signed, rawHeaders: [...signed.rawHeaders, ...more] };
      await expect(verifyRequest({ ...request, key: keySource().key })).rejects.toMatchObject({
        code: 'signature_invalid',
      });
    }
  });
});

describe('the key', () => {
  const other = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey);
  const request = seal(draft({ now }));

  it('is asked for once when it verifies', async () => {
    const { key, asked } = keySource();
    await verifyRequest({ ...request, key });
    expect(asked).toEqual([false]);
  });

  it.each([
    ['rotated', other],
    ['unreadable', 'no key'],
  ])('is asked for once more, fresh, when the known one is %s', async (_name, known) => {
    const { key, asked } = keySource([known, publicKeyPem]);
    await expect(verifyRequest({ ...request, key })).resolves.toEqual({ keyId, owner });
    expect(asked).toEqual([false, true]);
  });

  it('is not asked for a third time', async () => {
    const { key, asked } = keySource([other, other]);
    await expect(verifyRequest({ ...request, key })).rejects.toMatchObject({ code: 'signature_invalid' });
    expect(asked).toEqual([false, true]);
  });

  it('that cannot be had is key_unavailable, with the cause', async () => {
    const cause = new Error('410');
    const key = () => Promise.reject(cause);
    await expect(verifyRequest({ ...request, key })).rejects.toMatchObject({ code: 'key_unavailable', cause });
  });

  it('leaves a SignatureError of the key source as it is', async () => {
    const error = new SignatureError('key_unavailable', 'remembered');
    await expect(verifyRequest({ ...request, key: () => Promise.reject(error) })).rejects.toBe(error);
  });

  it('has its id readable before anything is verified', () => {
    expect(signatureKeyIds(request)).toEqual([keyId]);
  });
});

function dated(date: string): [string, string][] {
  const { headers } = draft({ now });
  return headers.map(([name, value]) => (name === 'Date' ? [name, date] : [name, value]));
}
