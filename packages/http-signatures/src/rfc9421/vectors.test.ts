import { constants, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readRawHeaders } from '../raw-headers.ts';
import { nodeHeaders } from '../signatures.testing.ts';
import { verifyRequest } from '../verify-request.ts';
import { signatureBase } from './signature-base.ts';
import { parseDictionary } from './structured-fields.ts';

interface Vector {
  section: string;
  request: string;
  algorithm: string;
  input: string;
  signature: string;
  base: string[];
}

interface AppendixB {
  keys: Record<string, string>;
  requests: Record<string, { method: string; target: string; headers: [string, string][]; body: string }>;
  vectors: Vector[];
}

const text = readFileSync(new URL('../fixtures/rfc9421-appendix-b.json', import.meta.url), 'utf8');
const { keys, requests, vectors } = JSON.parse(text) as AppendixB;
const made = new Date(1_618_884_473_000);

function requestOf(vector: Vector) {
  const request = requests[vector.request];
  if (request === undefined) throw new Error(vector.request);
  return request;
}

function baseOf(vector: Vector): string {
  const { method, target, headers } = requestOf(vector);
  const [input] = parseDictionary(vector.input).values();
  if (input?.kind !== 'list') throw new Error(vector.input);
  const authority = nodeHeaders(headers)['host'] ?? '';
  return signatureBase(input, { method, target, authority, scheme: 'https', headers: readRawHeaders(headers.flat()) });
}

/** As the RFC says, with nothing of ours. */
function judge({ algorithm, input }: Vector, base: Buffer, signature: Buffer): boolean {
  const key = keys[/keyid="([^"]+)"/.exec(input)?.[1] ?? ''] ?? '';
  if (algorithm === 'hmac-sha256')
    return timingSafeEqual(createHmac('sha256', Buffer.from(key, 'base64')).update(base).digest(), signature);
  if (algorithm === 'ed25519') return verify(null, base, key, signature);
  const pss = { key: createPublicKey(key), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 };
  return verify('sha512', base, pss, signature);
}

describe('RFC 9421, appendix B', () => {
  it.each(vectors)('$section: the text that is signed, and the signature over it', (vector) => {
    const base = baseOf(vector);
    expect(base.split('\n')).toEqual(vector.base);
    expect(judge(vector, Buffer.from(base), Buffer.from(vector.signature, 'base64'))).toBe(true);
  });

  it.each(vectors)(
    '$section: refused by our rules, as it covers too little, or its digest is of SHA-512',
    async (vector) => {
      const { method, target, headers, body } = requestOf(vector);
      const label = vector.input.split('=')[0];
      const sent: [string, string][] = [
        ...headers,
        ['Signature-Input', vector.input],
        ['Signature', `${label}=:${vector.signature}:`],
      ];
      const received = { method, originalUrl: target, headers: nodeHeaders(sent), rawHeaders: sent.flat() };
      const key = async () => ({ publicKeyPem: keys['test-key-ed25519'] ?? '', owner: 'https://example.com/' });
      const request = { ...received, body: Buffer.from(body), now: made, key };
      const code = vector.section === 'B.2.3' ? 'digest_mismatch' : 'signature_invalid';
      await expect(verifyRequest(request)).rejects.toMatchObject({ code });
    },
  );
});
