import { describe, expect, it } from '@jest/globals';
import { sign as cryptoSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ClientRequest, IncomingHttpHeaders } from 'node:http';
import httpSignature from 'http-signature';
import { digestHeader } from './body-digest.ts';
import { keyId, keySource, owner, privateKey, publicKeyPem } from './signatures.testing.ts';
import { signRequest } from './sign-request.ts';
import { verifyRequest } from './verify-request.ts';

const sign = async (bytes: Buffer) => cryptoSign('sha256', bytes, privateKey);
const body = Buffer.from('{"type":"Create","name":"é"}');

describe('draft-cavage between us and others', () => {
  it.each(['GET', 'POST'])('a %s that we sign verifies with http-signature itself', async (method) => {
    const payload = method === 'POST' ? { body, headers: { 'Content-Type': 'application/activity+json' } } : {};
    const signed = await signRequest({
      method,
      url: 'https://remote.example:8443/inbox?a=b%20c',
      keyId,
      date: new Date(),
      sign,
      ...payload,
    });
    const received = { method, url: '/inbox?a=b%20c', headers: signed, httpVersion: '1.1' } as unknown as ClientRequest;
    const required = ['(request-target)', 'host', 'date', ...(method === 'POST' ? ['digest', 'content-type'] : [])];
    const parsed = httpSignature.parseRequest(received, { headers: required, algorithms: ['rsa-sha256'] });
    expect(httpSignature.verifySignature(parsed, publicKeyPem)).toBe(true);
    expect(parsed.params.keyId).toBe(keyId);
  });

  it('a request that http-signature signs verifies with us', async () => {
    const headers: Record<string, string> = {
      host: 'l2.example.com',
      date: new Date().toUTCString(),
      digest: digestHeader(body),
    };
    const request = {
      method: 'POST',
      path: '/users/giles/inbox',
      getHeader: (name: string) => headers[name.toLowerCase()],
      setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    } as unknown as ClientRequest;
    // Not in the types: the name of the header, and with it that its text has no scheme word.
    const options = {
      key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      keyId,
      algorithm: 'rsa-sha256',
      headers: ['(request-target)', 'host', 'date', 'digest'],
      authorizationHeaderName: 'signature',
    };
    httpSignature.sign(request, options);
    const received = {
      method: 'POST',
      originalUrl: '/users/giles/inbox',
      headers,
      rawHeaders: Object.entries(headers).flat(),
      body,
    };
    await expect(verifyRequest({ ...received, now: new Date(), key: keySource().key })).resolves.toEqual({
      keyId,
      owner,
    });
  });

  it('a request that the openssl command signed verifies with us, until a byte is changed', async () => {
    const vector = JSON.parse(
      readFileSync(new URL('fixtures/openssl-request.json', import.meta.url), 'utf8'),
    ) as OpensslVector;
    const { key } = keySource([vector.publicKeyPem]);
    const request = {
      ...vector,
      headers: {} as IncomingHttpHeaders,
      body: Buffer.from(vector.body),
      now: new Date(vector.now),
      key,
    };
    await expect(verifyRequest(request)).resolves.toMatchObject({ keyId: vector.keyId });
    const changed = vector.rawHeaders.map((text) =>
      text.replace('application/activity+json', 'application/activity+jsom'),
    );
    await expect(verifyRequest({ ...request, rawHeaders: changed })).rejects.toMatchObject({
      code: 'signature_invalid',
    });
  });
});

interface OpensslVector {
  method: string;
  originalUrl: string;
  now: string;
  body: string;
  keyId: string;
  rawHeaders: string[];
  publicKeyPem: string;
}
