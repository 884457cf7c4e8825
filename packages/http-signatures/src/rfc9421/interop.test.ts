import { sign as cryptoSign, verify as cryptoVerify, webcrypto } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { signRequest as fedifySign, verifyRequestDetailed } from '@fedify/fedify/sig';
import { httpbis } from 'http-message-signatures';
import { keyId, keySource, owner, privateKey, publicKeyPem } from '../signatures.testing.ts';
import { signRequest } from '../sign-request.ts';
import type { SignatureScheme } from '../types.ts';
import { verifyRequest } from '../verify-request.ts';

const sign = async (bytes: Buffer) => cryptoSign('sha256', bytes, privateKey);
const body = Buffer.from('{"type":"Create","name":"é"}');
const url = 'https://l2.example.com/users/giles/inbox?a=b%20c';
const target = '/users/giles/inbox?a=b%20c';
const contentType = { 'content-type': 'application/activity+json' };
const methods: [string, Buffer | undefined][] = [
  ['GET', undefined],
  ['POST', body],
];

function received(method: string, headers: Record<string, string>, sent: Buffer | undefined, originalUrl = target) {
  const rawHeaders = Object.entries(headers).flat();
  const request = { method, originalUrl, headers, rawHeaders, body: sent ?? Buffer.alloc(0) };
  return { ...request, now: new Date(), key: keySource().key, authorities: ['l2.example.com'] };
}

describe.each(methods)('RFC 9421 between us and http-message-signatures: a %s', (method, sent) => {
  it('that we sign verifies there', async () => {
    const headers = await signRequest({
      ...{ scheme: 'rfc9421', method, url, keyId, date: new Date(Date.now() - 1000), sign },
      ...(sent && { body: sent, headers: contentType }),
    });
    const verify = async (base: Buffer, signature: Buffer) => cryptoVerify('sha256', base, publicKeyPem, signature);
    const keyLookup = async () => ({ id: keyId, algs: ['rsa-v1_5-sha256'], verify });
    const requiredFields = ['@method', '@target-uri', ...(sent ? ['content-digest', 'content-type'] : [])];
    const config = { keyLookup, requiredFields, requiredParams: ['created', 'keyid', 'alg'], maxAge: 300 };
    await expect(httpbis.verifyMessage(config, { method, url, headers })).resolves.toBe(true);
  });

  it('that it signs verifies with us', async () => {
    const digest = await signRequest({
      scheme: 'rfc9421',
      method,
      url,
      keyId,
      date: new Date(),
      sign,
      ...(sent && { body: sent }),
    });
    const { 'content-digest': contentDigest = '' } = digest;
    const own = { host: 'l2.example.com', ...(sent && { ...contentType, 'content-digest': contentDigest }) };
    const fields = ['@method', '@authority', '@path', '@query', ...(sent ? ['content-digest', 'content-type'] : [])];
    const key = { id: keyId, alg: 'rsa-v1_5-sha256', sign };
    const { headers } = await httpbis.signMessage({ key, fields, name: 'theirs' }, { method, url, headers: own });
    await expect(verifyRequest(received(method, headers as Record<string, string>, sent))).resolves.toEqual({
      keyId,
      owner,
    });
  });
});

/** Fedify leaves the query out of the draft's request target, so there its requests have none. */
const schemes: [SignatureScheme, 'rfc9421' | 'draft-cavage-http-signatures-12', string][] = [
  ['rfc9421', 'rfc9421', target],
  ['draft-cavage', 'draft-cavage-http-signatures-12', '/users/giles/inbox'],
];

describe.each(schemes)('%s between us and Fedify', (scheme, spec, path) => {
  const url = `https://l2.example.com${path}`;

  it.each(methods)('a %s that we sign verifies there', async (method, sent) => {
    const payload = sent && { body: sent, headers: contentType };
    const headers = await signRequest({ scheme, method, url, keyId, date: new Date(), sign, ...payload });
    const request = new Request(url, { method, headers, ...(sent && { body: sent }) });
    await expect(verifyRequestDetailed(request, fedifyOptions)).resolves.toMatchObject({ verified: true });
    const other = new Request(`${url}d`, { method, headers, ...(sent && { body: sent }) });
    await expect(verifyRequestDetailed(other, fedifyOptions)).resolves.toMatchObject({ verified: false });
  });

  it.each(methods)('a %s that it signs verifies with us', async (method, sent) => {
    const request = new Request(url, { method, headers: contentType, ...(sent && { body: sent }) });
    const signed = await fedifySign(request, await fedifyKey(), new URL(keyId), { spec });
    const headers = { host: 'l2.example.com', ...Object.fromEntries(signed.headers) };
    await expect(verifyRequest(received(method, headers, sent, path))).resolves.toEqual({ keyId, owner });
    const changed = received(method, headers, sent, '/inbox');
    await expect(verifyRequest(changed)).rejects.toMatchObject({ code: 'signature_invalid' });
  });
});

async function fedifyKey() {
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
}

/** The owner's document, given as if it had been fetched; contexts are those that Fedify brings along. */
const fedifyOptions = {
  async documentLoader(documentUrl: string) {
    const document = {
      '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
      ...{ id: owner, type: 'Person', inbox: `${owner}/inbox`, outbox: `${owner}/outbox` },
      publicKey: { id: keyId, owner, publicKeyPem },
    };
    return { contextUrl: null, documentUrl, document };
  },
};
