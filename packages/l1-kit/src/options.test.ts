import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import express from 'express';
import request from 'node:http';
import { createL1Kit } from './index.ts';
import { readOptions } from './options.ts';

const good = { publicUrl: 'https://Render.Example:443/', l2Servers: ['HTTPS://L2.example/'] };

it('takes addresses in any spelling of theirs', () => {
  const { publicUrl, l2Servers } = readOptions(good);
  expect([publicUrl, [...l2Servers]]).toEqual(['https://render.example', ['https://l2.example']]);
});

it.each([
  [{ publicUrl: 'render.example' }, /^publicUrl: got "render.example"/],
  [{ publicUrl: 'https://render.example/l1' }, /without a path/],
  [{ publicUrl: 'https://user@render.example' }, /^publicUrl/],
  [{ l2Servers: [] }, /^l2Servers: is empty/],
  [{ l2Servers: ['ftp://l2.example'] }, /^l2Servers/],
  [{ recheckMs: -1 }, /^recheckMs/],
  [{ staleMs: Number.NaN }, /^staleMs/],
  [{ cookieName: 'a b' }, /^cookieName/],
])('says what is wrong with %j', (change, message) => {
  expect(() => createL1Kit({ ...good, ...change })).toThrow(message);
});

it.each([
  ['an Ed25519 key', () => generateKeyPairSync('ed25519').privateKey],
  ['a short RSA key', () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey],
  ['a public key', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
])('refuses to sign by %s, and does not repeat it', (_, make) => {
  const key = make();
  const privateKeyPem = key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
  const message = 'signing.privateKeyPem: wants an RSA private key of 2048 bits or more, in PEM';
  expect(() => createL1Kit({ ...good, signing: { privateKeyPem } })).toThrow(new TypeError(message));
});

it('says what to do when a body parser was there first', async () => {
  const app = express().use(express.json(), createL1Kit(good).router);
  const server = request.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const response = await fetch(`http://127.0.0.1:${port}/auth/revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect([response.status, await response.json()]).toMatchObject([500, { code: 'body_consumed' }]);
  server.close();
});
