import { createPublicKey, verify as cryptoVerify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { httpbis } from 'http-message-signatures';
import { keyId, keySource, publicKeyPem, seconds, type SignedRequest } from '../signatures.testing.ts';
import { verifyRequest } from '../verify-request.ts';
import { draft, fullTarget, seal, type Draft } from './sealed.testing.ts';

const now = new Date();
const good = draft({ now });
const [host = ['', '']] = good.headers;
const at = (offset: number): number => seconds(now) + offset;
const withCreated = (rest: string): string => `;created=${at(0)};keyid="${keyId}"${rest}`;

interface Weakness {
  name: string;
  request: SignedRequest;
  code: string;
}

function weakness(name: string, code: string, changes: Partial<Draft>, after: Partial<SignedRequest> = {}): Weakness {
  return { name, code, request: { ...seal(draft({ now, ...changes })), ...after } };
}

/** What `http-message-signatures` 1.0.6 takes for good as it comes, each proven by running it, and the answer that we give. */
const weaknesses: Weakness[] = [
  weakness('nothing covered', 'signature_invalid', { covered: [] }),
  weakness('the digest not covered', 'signature_invalid', { covered: fullTarget.slice(0, 2) }),
  weakness('no digest at all on a POST', 'signature_invalid', { headers: [host], covered: fullTarget.slice(0, 2) }),
  weakness('the target not covered', 'signature_invalid', { covered: ['"@method"', '"content-digest"'] }),
  weakness('the query not covered', 'signature_invalid', {
    target: '/inbox?a=b',
    covered: ['"@method"', '"@authority"', '"@path"', '"content-digest"'],
  }),
  weakness('the method not covered', 'signature_invalid', { covered: fullTarget.slice(1) }),
  weakness('a body that is not the digest’s', 'digest_mismatch', {}, { body: Buffer.from('{"type":"Delete"}') }),
  weakness('a digest of MD5', 'digest_mismatch', { headers: [host, ['Content-Digest', 'md5=:AAAA:']] }),
  weakness('never made', 'signature_invalid', { parameters: `;keyid="${keyId}"` }),
  weakness('made an hour ago', 'date_skew', { parameters: `;created=${at(-3600)};keyid="${keyId}"` }),
  weakness('an algorithm that the key is not of', 'signature_invalid', { parameters: withCreated(';alg="ed25519"') }),
  weakness('an algorithm of no name', 'signature_invalid', { parameters: withCreated(';alg="none"') }),
  weakness('keyid twice, the last one taken', 'signature_invalid', {
    write: (input, signature) => [
      ['Signature-Input', `sig1=${input.replace(';keyid', ';keyid="https://victim.example/k";keyid')}`],
      ['Signature', `sig1=:${signature}:`],
    ],
  }),
  weakness('a label twice, the last one taken', 'signature_invalid', {
    write: (input, signature) => [
      ['Signature-Input', `sig1=("@status");keyid="https://victim.example/k", sig1=${input}`],
      ['Signature', `sig1=:${signature}:`],
    ],
  }),
  weakness('X-Date covered, which somebody may read for the date', 'signature_invalid', {
    headers: [...good.headers, ['X-Date', now.toUTCString()]],
    covered: [...fullTarget, '"x-date"'],
  }),
  weakness('hundreds of components', 'signature_invalid', {
    headers: [...good.headers, ...Array.from({ length: 200 }, (_, i): [string, string] => [`x-${i}`, 'v'])],
    covered: [...fullTarget, ...Array.from({ length: 200 }, (_, i) => `"x-${i}"`)],
  }),
  weakness('a name of 20 KiB', 'signature_invalid', { parameters: withCreated(`;nonce="${'x'.repeat(20_000)}"`) }),
];

async function libraryTakes({ method, originalUrl, headers }: SignedRequest): Promise<boolean> {
  const request = { method, url: `https://l2.example.com${originalUrl}`, headers: headers as Record<string, string> };
  const key = createPublicKey(publicKeyPem);
  const verify = async (base: Buffer, signature: Buffer) => cryptoVerify('sha256', base, key, signature);
  return (await httpbis.verifyMessage({ keyLookup: async () => ({ verify }) }, request)) === true;
}

describe('what http-message-signatures takes and we do not', () => {
  it.each(weaknesses)('$name: $code', async ({ request, code }) => {
    await expect(libraryTakes(request)).resolves.toBe(true);
    const { key, asked } = keySource();
    await expect(verifyRequest({ ...request, key })).rejects.toMatchObject({ name: 'SignatureError', code });
    // Nothing that is wrong on its face may make us fetch a key; what the key is decides about its algorithm.
    expect(asked).toEqual(request.rawHeaders.some((text) => text.includes('alg="ed25519"')) ? [false, true] : []);
  });

  it('a bad signature before a good one: the last one decides there, here the one that is meant for us', async () => {
    const write: Draft['write'] = (input, signature) => [
      ['Signature-Input', `bad=("@method");created=${at(0)};keyid="https://victim.example/k", good=${input}`],
      ['Signature', `bad=:AAAA:, good=:${signature}:`],
    ];
    const signed = seal(draft({ now, write }));
    await expect(libraryTakes(signed)).resolves.toBe(true);
    await expect(verifyRequest({ ...signed, key: keySource().key })).resolves.toMatchObject({ keyId });
    const last = seal(
      draft({
        now,
        write: (...given) =>
          write(...given).map(([name, text]): [string, string] => [name, text.split(', ').toReversed().join(', ')]),
      }),
    );
    await expect(libraryTakes(last)).resolves.toBe(false);
    await expect(verifyRequest({ ...last, key: keySource().key })).resolves.toMatchObject({ keyId });
  });
});
