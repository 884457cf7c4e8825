import { describe, expect, it } from '@jest/globals';
import { sign as cryptoSign } from 'node:crypto';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyId, keySource, owner, privateKey } from './signatures.testing.ts';
import { signRequest } from './sign-request.ts';
import { verifyRequest } from './verify-request.ts';

const sign = async (bytes: Buffer) => cryptoSign('sha256', bytes, privateKey);
const date = new Date('2026-11-21T12:00:00Z');

describe('signRequest', () => {
  it('signs the text that the draft describes, and leaves other headers alone', async () => {
    const texts: string[] = [];
    const headers = await signRequest({
      method: 'POST',
      url: 'https://Remote.example:443/inbox?x=1#there',
      body: Buffer.from('{}'),
      keyId,
      date,
      headers: {
        'Content-Type': 'application/activity+json',
        Accept: '*/*',
        Host: 'evil',
        'X-Date': 'never',
        Signature: 'old',
      },
      sign: async (bytes) => {
        texts.push(bytes.toString());
        return Buffer.from('signature');
      },
    });
    expect(texts).toEqual([
      '(request-target): post /inbox?x=1\nhost: remote.example\ndate: Sat, 21 Nov 2026 12:00:00 GMT\n' +
        'digest: SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\ncontent-type: application/activity+json',
    ]);
    expect(headers).toEqual({
      accept: '*/*',
      'content-type': 'application/activity+json',
      host: 'remote.example',
      date: 'Sat, 21 Nov 2026 12:00:00 GMT',
      digest: 'SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=',
      signature: `keyId="${keyId}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="c2lnbmF0dXJl"`,
    });
  });

  it('covers a digest of nothing on a POST without a body, and none on a GET', async () => {
    const post = await signRequest({ method: 'POST', url: 'https://remote.example/', keyId, date, sign });
    expect(post['digest']).toBe('SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    const get = await signRequest({ method: 'GET', url: 'https://remote.example/', keyId, date, sign });
    expect(get['digest']).toBeUndefined();
    expect(get['signature']).toContain('headers="(request-target) host date"');
  });

  it.each(['', 'a"b', 'a b', 'a\\b', 'é', 'a\nb'])('refuses the keyId %p', async (bad) => {
    await expect(
      signRequest({ method: 'GET', url: 'https://remote.example/', keyId: bad, date, sign }),
    ).rejects.toThrow(TypeError);
  });

  it('refuses a content type that would end its line', async () => {
    const headers = { 'content-type': 'a\r\nx: y' };
    await expect(
      signRequest({ method: 'POST', url: 'https://remote.example/', keyId, date, headers, sign }),
    ).rejects.toThrow(/ASCII/);
  });

  it('passes on to the caller that the key could not sign', async () => {
    const failing = () => Promise.reject(new Error('identity is away'));
    await expect(
      signRequest({ method: 'GET', url: 'https://remote.example/', keyId, date, sign: failing }),
    ).rejects.toThrow('identity is away');
  });

  it('makes what verifyRequest takes, through a real server', async () => {
    const body = Buffer.from('{"type":"Create"}');
    const verified = new Promise((resolve, reject) => {
      const server = createServer((req, res) => {
        const chunks: Buffer[] = [];
        req.on('data', (chunk: Buffer) => chunks.push(chunk));
        req.on('end', () => {
          res.end();
          server.close();
          const { method = '', url = '', headers, rawHeaders } = req;
          const received = {
            method,
            originalUrl: url,
            headers,
            rawHeaders,
            body: Buffer.concat(chunks),
            now: new Date(),
          };
          verifyRequest({ ...received, key: keySource().key }).then(resolve, reject);
        });
      });
      server.listen(0, '127.0.0.1', () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/users/giles/inbox?a=%20b`;
        signRequest({ method: 'POST', url, body, keyId, date: new Date(), sign }).then(
          (headers) => httpRequest(url, { method: 'POST', headers }).on('error', reject).end(body),
          reject,
        );
      });
    });
    await expect(verified).resolves.toEqual({ keyId, owner });
  });
});
