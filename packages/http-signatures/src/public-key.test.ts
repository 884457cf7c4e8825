import { describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readPublicKey } from './public-key.ts';
import { pem, privateKey, publicKeyPem } from './signatures.testing.ts';

const rsa = (modulusLength: number, publicExponent = 65537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey;
const pkcs1 = (key: KeyObject) => key.export({ type: 'pkcs1', format: 'pem' }).toString();

/** A key of any shape, made of numbers that need not be good ones. */
function shaped(bits: number, exponent: Buffer = Buffer.from([1, 0, 1])): string {
  const modulus = Buffer.alloc(bits / 8, 0xff);
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') };
  return pem(createPublicKey({ key: jwk, format: 'jwk' }));
}

describe('readPublicKey', () => {
  it('reads SubjectPublicKeyInfo and PKCS#1, with either kind of line break', () => {
    const key = rsa(2048);
    for (const text of [pem(key), pkcs1(key), pem(key).replaceAll('\n', '\r\n'), `\n${pem(key)}\n`]) {
      expect(readPublicKey(text)).toMatchObject({ kind: 'rsa', pem: pem(key), signatureBytes: 256 });
    }
  });

  it('takes 8192 bits', () => {
    expect(readPublicKey(shaped(8192)).signatureBytes).toBe(1024);
  });

  it('takes Ed25519', () => {
    const text = pem(generateKeyPairSync('ed25519').publicKey);
    expect(readPublicKey(text)).toMatchObject({ kind: 'ed25519', pem: text, signatureBytes: 64 });
  });

  it.each([
    ['1024 bits', () => pem(rsa(1024))],
    ['8200 bits', () => shaped(8200)],
    ['16384 bits', () => shaped(16_384)],
    ['the exponent 1', () => shaped(2048, Buffer.from([1]))],
    ['an exponent that makes verifying slow', () => shaped(2048, Buffer.alloc(200, 0xff))],
    ['2047 bits', () => pem(rsa(2047))],
    ['a private key', () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['X25519', () => pem(generateKeyPairSync('x25519').publicKey)],
    ['Ed448', () => pem(generateKeyPairSync('ed448').publicKey)],
    ['P-256', () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
    ['RSA-PSS', () => pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)],
    ['two keys', () => publicKeyPem + publicKeyPem],
    ['text before the key', () => `x${publicKeyPem}`],
    ['a broken key', () => publicKeyPem.replace('MIIB', 'MIIC')],
    ['an SSH key', () => 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ=='],
    ['nothing', () => ''],
    ['more than a key can be', () => publicKeyPem.replace('\n', `\n${'A'.repeat(9000)}`)],
  ])('refuses %s', (_name, make) => {
    expect(() => readPublicKey(make())).toThrow(expect.objectContaining({ code: 'signature_invalid' }));
  });
});
