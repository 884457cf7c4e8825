import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyId, keySource, owner, pem, seconds } from '../signatures.testing.ts';
import { signatureKeyIds, verifyRequest } from '../verify-request.ts';
import { draft, fullTarget, seal, type Draft } from './sealed.testing.ts';

const now = new Date('2026-11-28T12:00:00Z');
const at = (offset: number): number => seconds(now) + offset;
const ed25519 = generateKeyPairSync('ed25519');
const good = draft({ now });
const [host = ['', ''], digest = ['', '']] = good.headers;
const key = `;keyid="${keyId}"`;
const withCreated = (rest: string): string => `;created=${at(0)}${key}${rest}`;
const names = Array.from({ length: 61 }, (_, i) => `"x-${i}"`);

function verify(changes: Partial<Draft> = {}, o: { authorities?: string[]; pems?: string[] } = {}) {
  const { pems, ...options } = o;
  return verifyRequest({ ...seal(draft({ now, ...changes })), ...options, key: keySource(pems).key });
}

/** A second signature, which covers too little, before or after the good one. */
function twoSignatures(order: 'before' | 'after', poor: string): Partial<Draft> {
  return {
    write: (input, signature) => {
      const mine: [string, string] = [`mine=${input}`, `mine=:${signature}:`];
      const theirs: [string, string] = [`proxy=${poor}`, 'proxy=:AAAA:'];
      const [first, second] = order === 'before' ? [theirs, mine] : [mine, theirs];
      return [
        ['Signature-Input', `${first[0]}, ${second[0]}`],
        ['Signature', `${first[1]}, ${second[1]}`],
      ];
    },
  };
}

describe('what is accepted by RFC 9421', () => {
  const accepted: [string, Partial<Draft>][] = [
    ['a POST', {}],
    [
      'a GET without a digest',
      { method: 'GET', body: Buffer.alloc(0), headers: [host], covered: fullTarget.slice(0, 2) },
    ],
    ['@authority and @path for the target', { covered: ['"@method"', '"@authority"', '"@path"', '"content-digest"'] }],
    [
      '@authority, @path and @query for a target with a query',
      { target: '/inbox?a=b%20c', covered: ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-digest"'] },
    ],
    [
      'every derived component',
      { covered: [...fullTarget, '"@scheme"', '"@authority"', '"@request-target"', '"@path"', '"@query"'] },
    ],
    [
      'a query parameter',
      {
        target: '/inbox?a=b%20c',
        covered: [...fullTarget, '"@query-param";name="a"'],
        values: { '"@query-param";name="a"': 'b%20c' },
      },
    ],
    [
      'a header as bytes',
      {
        headers: [...good.headers, ['X-A', 'b']],
        covered: [...fullTarget, '"x-a";bs'],
        values: { '"x-a";bs': ':Yg==:' },
      },
    ],
    [
      'a header of two lines',
      { headers: [...good.headers, ['X-A', '1'], ['X-A', '2']], covered: [...fullTarget, '"x-a"'] },
    ],
    ['its algorithm named', { parameters: withCreated(';alg="rsa-v1_5-sha256"') }],
    [
      'unknown parameters of every kind',
      { parameters: withCreated(';a=1;b=1.5;c=?0;d;e=tok/en;f=:AAAA:;nonce="x";tag="y"') },
    ],
    ['created 300 s ago', { parameters: `;created=${at(-300)}${key}` }],
    ['created 300 s ahead', { parameters: `;created=${at(300)}${key}` }],
    ['expires later', { parameters: withCreated(`;expires=${at(1)}`) }],
    [
      'a digest of another algorithm beside ours',
      { headers: [host, ['Content-Digest', `sha-512=:AAAA:, ${digest[1]}`]] },
    ],
    [
      'the host in capitals, with its default port',
      {
        headers: [['Host', 'L2.Example.com:443'], digest],
        values: { '"@target-uri"': 'https://l2.example.com/users/giles/inbox' },
      },
    ],
    [
      'a poorer signature before it',
      twoSignatures('before', `("@authority");created=${at(0)};keyid="https://proxy.example/k"`),
    ],
    ['a poorer signature after it', twoSignatures('after', '("@authority")')],
    [
      'a signature without a key before it',
      twoSignatures('before', `("@method" "@target-uri" "content-digest");created=${at(0)}`),
    ],
    [
      '64 covered components',
      {
        headers: [...good.headers, ...names.map((n): [string, string] => [n.slice(1, -1), 'v'])],
        covered: [...fullTarget, ...names],
      },
    ],
  ];
  it.each(accepted)('%s', async (_name, changes) => {
    await expect(verify(changes)).resolves.toEqual({ keyId, owner });
  });

  it.each([
    ['named', withCreated(';alg="ed25519"')],
    ['not named', withCreated('')],
  ])('a signature by an Ed25519 key, %s', async (_name, parameters) => {
    const changes = { key: ed25519.privateKey, hash: null, parameters };
    await expect(verify(changes, { pems: [pem(ed25519.publicKey)] })).resolves.toEqual({ keyId, owner });
  });

  it('dictionaries over several lines', async () => {
    const { write } = twoSignatures('before', '()');
    const split: Draft['write'] = (input, signature) =>
      (write?.(input, signature) ?? []).flatMap(([name, text]) =>
        text.split(/, (?=mine)/).map((part): [string, string] => [name, part]),
      );
    await expect(verify({ write: split })).resolves.toEqual({ keyId, owner });
  });

  it('one’s own host, however its port is written, and no other’s', async () => {
    for (const own of ['l2.example.com', 'L2.example.com:443']) {
      await expect(verify({}, { authorities: [own] })).resolves.toEqual({ keyId, owner });
    }
    await expect(verify({}, { authorities: ['other.example'] })).rejects.toMatchObject({ code: 'signature_invalid' });
  });

  it('of several good signatures the preferred one, or the first', async () => {
    const other = 'https://proxy.example/k';
    const signed = seal(
      draft({ now, ...twoSignatures('before', `(${fullTarget.join(' ')});created=${at(0)};keyid="${other}"`) }),
    );
    expect(signatureKeyIds(signed)).toEqual([other, keyId]);
    const prefers = (id: string): boolean => id === keyId;
    await expect(verifyRequest({ ...signed, prefers, key: keySource().key })).resolves.toEqual({ keyId, owner });
    await expect(verifyRequest({ ...signed, key: keySource().key })).rejects.toMatchObject({
      code: 'signature_invalid',
    });
  });
});
