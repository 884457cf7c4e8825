import { sign as cryptoSign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { keyId, keySource, owner, privateKey } from '../signatures.testing.ts';
import { signRequest } from '../sign-request.ts';
import type { SignRequestOptions } from '../types.ts';
import { verifyRequest } from '../verify-request.ts';

const sign = async (bytes: Buffer) => cryptoSign('sha256', bytes, privateKey);
const date = new Date('2026-11-28T12:00:00Z');
const created = date.getTime() / 1000;
const common = { scheme: 'rfc9421', url: 'https://Remote.example:443/inbox?x=1#there', keyId, date, sign } as const;
const wanted = { label: 'chal', components: ['@authority', 'date', '@method'], expires: true, nonce: 'n"1', tag: 't' };

function received(o: SignRequestOptions, headers: Record<string, string>) {
  const { pathname, search } = new URL(o.url);
  const rawHeaders = Object.entries(headers).flat();
  return {
    method: o.method,
    originalUrl: pathname + search,
    headers,
    rawHeaders,
    body: o.body ?? Buffer.alloc(0),
    now: date,
  };
}

describe('signRequest by RFC 9421', () => {
  it('signs the text that the RFC describes, and leaves other headers alone', async () => {
    const texts: string[] = [];
    const headers = await signRequest({
      ...common,
      method: 'POST',
      body: Buffer.from('{}'),
      headers: {
        'Content-Type': 'application/activity+json',
        Accept: '*/*',
        'X-Date': 'never',
        'Signature-Input': 'old',
      },
      sign: async (bytes) => {
        texts.push(bytes.toString());
        return Buffer.from('signature');
      },
    });
    const input = `("@method" "@target-uri" "content-digest" "content-type");created=${created};keyid="${keyId}";alg="rsa-v1_5-sha256"`;
    expect(texts[0]?.split('\n')).toEqual([
      '"@method": POST',
      '"@target-uri": https://remote.example/inbox?x=1',
      '"content-digest": sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:',
      '"content-type": application/activity+json',
      `"@signature-params": ${input}`,
    ]);
    expect(headers).toEqual({
      accept: '*/*',
      'content-type': 'application/activity+json',
      host: 'remote.example',
      date: 'Sat, 28 Nov 2026 12:00:00 GMT',
      'content-digest': 'sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:',
      'signature-input': `sig1=${input}`,
      signature: 'sig1=:c2lnbmF0dXJl:',
    });
  });

  it('covers what is wanted first, and the method, the whole target and the digest all the same', async () => {
    const options = { ...common, method: 'POST', body: Buffer.from('{}'), wanted };
    const headers = await signRequest(options);
    expect(headers['signature-input']).toBe(
      'chal=("@authority" "date" "@method" "@target-uri" "content-digest")' +
        `;created=${created};expires=${created + 300};keyid="${keyId}";alg="rsa-v1_5-sha256";nonce="n\\"1";tag="t"`,
    );
    await expect(verifyRequest({ ...received(options, headers), key: keySource().key })).resolves.toEqual({
      keyId,
      owner,
    });
  });

  it.each(['GET', 'POST', 'delete'])('a %s verifies with us, over https and http', async (method) => {
    for (const url of ['https://remote.example/a?b=c', 'http://127.0.0.1:8080/']) {
      const options = { ...common, method, url, headers: { accept: 'application/activity+json' } };
      const headers = await signRequest(options);
      const scheme = url.startsWith('https') ? 'https' : 'http';
      const request = {
        ...received(options, headers),
        method: method.toUpperCase(),
        scheme,
        key: keySource().key,
      } as const;
      await expect(verifyRequest(request)).resolves.toEqual({ keyId, owner });
      expect('content-digest' in headers).toBe(method !== 'GET');
    }
  });

  it('refuses a content type that would end its line, and a nonce that no field can hold', async () => {
    const post = { ...common, method: 'POST' };
    await expect(signRequest({ ...post, headers: { 'content-type': 'a\r\nx: y' } })).rejects.toThrow(/ASCII/);
    await expect(signRequest({ ...post, wanted: { ...wanted, nonce: 'é' } })).rejects.toThrow(TypeError);
  });
});
