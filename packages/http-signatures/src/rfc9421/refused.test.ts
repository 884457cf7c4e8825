import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyId, keySource, seconds } from '../signatures.testing.ts';
import { verifyRequest } from '../verify-request.ts';
import { contentDigestHeader } from './content-digest.ts';
import { draft, fullTarget, seal, type Draft } from './sealed.testing.ts';

const now = new Date('2026-11-28T12:00:00Z');
const at = (offset: number): number => seconds(now) + offset;
const good = draft({ now });
const [host = ['', ''], digest = ['', '']] = good.headers;
const key = `;keyid="${keyId}"`;
const bodiless: Partial<Draft> = { method: 'GET', body: Buffer.alloc(0), headers: [host] };
const withCreated = (rest: string): string => `;created=${at(0)}${key}${rest}`;
const names = Array.from({ length: 62 }, (_, i) => `"x-${i}"`);

describe('what is refused by RFC 9421', () => {
  const refused: [string, string, Partial<Draft>][] = [
    ['nothing covered', 'signature_invalid', { covered: [] }],
    ['@method not covered', 'signature_invalid', { covered: fullTarget.slice(1) }],
    ['the target not covered', 'signature_invalid', { covered: ['"@method"', '"content-digest"'] }],
    ['@path without @authority', 'signature_invalid', { covered: ['"@method"', '"@path"', '"content-digest"'] }],
    ['@authority without @path', 'signature_invalid', { covered: ['"@method"', '"@authority"', '"content-digest"'] }],
    [
      '@authority and @path of a target with a query',
      'signature_invalid',
      { target: '/inbox?a', covered: ['"@method"', '"@authority"', '"@path"', '"content-digest"'] },
    ],
    ['content-digest not covered', 'signature_invalid', { covered: fullTarget.slice(0, 2) }],
    [
      'content-digest covered by one of its keys',
      'signature_invalid',
      { covered: [...fullTarget.slice(0, 2), '"content-digest";key="sha-256"'] },
    ],
    [
      'content-digest of the request that was answered',
      'signature_invalid',
      { covered: [...fullTarget.slice(0, 2), '"content-digest";req'] },
    ],
    [
      'a GET with a body and no digest',
      'signature_invalid',
      { ...bodiless, body: Buffer.from('x'), covered: fullTarget.slice(0, 2) },
    ],
    [
      'a DELETE without a digest',
      'signature_invalid',
      { ...bodiless, method: 'DELETE', covered: fullTarget.slice(0, 2) },
    ],
    ['no created', 'signature_invalid', { parameters: key }],
    ['created 301 s ago', 'date_skew', { parameters: `;created=${at(-301)}${key}` }],
    ['created 301 s ahead', 'date_skew', { parameters: `;created=${at(301)}${key}` }],
    ['created as a text', 'signature_invalid', { parameters: `;created="${at(0)}"${key}` }],
    ['created with a fraction', 'signature_invalid', { parameters: `;created=${at(0)}.5${key}` }],
    ['created below zero', 'signature_invalid', { parameters: `;created=-1${key}` }],
    ['expired a second ago', 'date_skew', { parameters: withCreated(`;expires=${at(-1)}`) }],
    ['expires that is true', 'signature_invalid', { parameters: withCreated(';expires') }],
    ['no keyid', 'signature_invalid', { parameters: `;created=${at(0)}` }],
    ['an empty keyid', 'signature_invalid', { parameters: `;created=${at(0)};keyid=""` }],
    ['a keyid that is a token', 'signature_invalid', { parameters: `;created=${at(0)};keyid=key` }],
    ...['hmac-sha256', 'rsa-pss-sha512', 'rsa-v1_5-sha512', 'ecdsa-p256-sha256', 'none', ''].map(
      (alg): [string, string, Partial<Draft>] => [
        `the algorithm ${alg || 'of no name'}`,
        'signature_invalid',
        { parameters: withCreated(`;alg="${alg}"`) },
      ],
    ),
    ['an algorithm that is a token', 'signature_invalid', { parameters: withCreated(';alg=ed25519') }],
    ['the algorithm of another kind of key', 'signature_invalid', { parameters: withCreated(';alg="ed25519"') }],
    ['SHA-512 by an RSA key', 'signature_invalid', { hash: 'sha512' }],
    [
      'another key’s signature',
      'signature_invalid',
      { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
    ],
    ['a header that was not sent', 'signature_invalid', { covered: [...fullTarget, '"x-nothing"'] }],
    [
      'X-Date, which nothing may look at',
      'signature_invalid',
      { headers: [...good.headers, ['X-Date', now.toUTCString()]], covered: [...fullTarget, '"x-date"'] },
    ],
    ['a component twice', 'signature_invalid', { covered: [...fullTarget, '"@method"'] }],
    [
      'a component in capitals',
      'signature_invalid',
      { headers: [...good.headers, ['X-A', '1']], covered: [...fullTarget, '"X-A"'], values: { '"X-A"': '1' } },
    ],
    ['a component that is a token', 'signature_invalid', { covered: [...fullTarget, 'host'] }],
    ['@status, which a request lacks', 'signature_invalid', { covered: [...fullTarget, '"@status"'] }],
    ['@signature-params as a component', 'signature_invalid', { covered: [...fullTarget, '"@signature-params"'] }],
    ['a derived component that nobody knows', 'signature_invalid', { covered: [...fullTarget, '"@unknown"'] }],
    ['a name of an object’s own', 'signature_invalid', { covered: [...fullTarget, '"constructor"'] }],
    ['@method with a parameter', 'signature_invalid', { covered: ['"@method";req', ...fullTarget.slice(1)] }],
    [
      'a trailer',
      'signature_invalid',
      { headers: [...good.headers, ['X-A', '1']], covered: [...fullTarget, '"x-a";tr'] },
    ],
    [
      'a header with an unknown parameter',
      'signature_invalid',
      { headers: [...good.headers, ['X-A', '1']], covered: [...fullTarget, '"x-a";new'] },
    ],
    ['@query-param without a name', 'signature_invalid', { covered: [...fullTarget, '"@query-param"'] }],
    [
      'a query parameter that is there twice',
      'signature_invalid',
      {
        target: '/inbox?a=1&a=2',
        covered: [...fullTarget, '"@query-param";name="a"'],
        values: { '"@query-param";name="a"': '1' },
      },
    ],
    ['two hosts', 'signature_invalid', { headers: [...good.headers, ['Host', 'evil.example']] }],
    ['no host', 'signature_invalid', { headers: [digest], values: { '"@target-uri"': 'https:///users/giles/inbox' } }],
    [
      'two content types',
      'signature_invalid',
      {
        headers: [...good.headers, ['Content-Type', 'a/b'], ['Content-Type', 'c/d']],
        covered: [...fullTarget, '"content-type"'],
      },
    ],
    [
      'a header beyond ASCII',
      'signature_invalid',
      { headers: [...good.headers, ['X-A', 'é']], covered: [...fullTarget, '"x-a"'] },
    ],
    [
      'a target in absolute form',
      'signature_invalid',
      { target: 'https://l2.example.com/inbox', values: { '"@target-uri"': 'https://l2.example.com/inbox' } },
    ],
    [
      '65 covered components',
      'signature_invalid',
      {
        headers: [...good.headers, ...names.map((n): [string, string] => [n.slice(1, -1), 'v'])],
        covered: [...fullTarget, ...names],
      },
    ],
    [
      'another body',
      'digest_mismatch',
      { headers: [host, ['Content-Digest', contentDigestHeader(Buffer.from('{}'))]] },
    ],
    [
      'a digest of another algorithm only',
      'digest_mismatch',
      { headers: [host, ['Content-Digest', 'sha-512=:AAAA:']] },
    ],
    ['a digest that is no dictionary', 'digest_mismatch', { headers: [host, ['Content-Digest', 'sha-256=AAAA=']] }],
    ['a digest that is a text', 'digest_mismatch', { headers: [host, ['Content-Digest', 'sha-256="AAAA"']] }],
    ['a digest that is too short', 'digest_mismatch', { headers: [host, ['Content-Digest', 'sha-256=:AAAA:']] }],
    ['two digests of one algorithm', 'digest_mismatch', { headers: [...good.headers, digest] }],
  ];
  it.each(refused)('%s: %s', async (_name, code, changes) => {
    const request = verifyRequest({ ...seal(draft({ now, ...changes })), key: keySource().key });
    await expect(request).rejects.toMatchObject({ name: 'SignatureError', code });
  });

  it('another path, query, host or method than the signed one', async () => {
    const signed = seal(draft({ now }));
    const elsewhere = signed.rawHeaders.map((text) => (text === 'l2.example.com' ? 'other.example' : text));
    for (const change of [
      { originalUrl: '/inbox' },
      { originalUrl: `${signed.originalUrl}?a` },
      { originalUrl: `${signed.originalUrl}/` },
      { method: 'PUT' },
      { method: 'post' },
      { rawHeaders: elsewhere },
      { scheme: 'http' as const },
    ]) {
      await expect(verifyRequest({ ...signed, ...change, key: keySource().key })).rejects.toMatchObject({
        code: 'signature_invalid',
      });
    }
  });
});
