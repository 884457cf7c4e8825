import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readRsaPublicKey } from './rsa-public-key.ts';
import { pem, privateKey, publicKeyPem } from './signatures.testing.ts';

const rsa = (modulusLength: number, publicExponent = 65537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey;
const pkcs1 = (key: KeyObject) => key.export({ type: 'pkcs1', format: 'pem' }).toString();

describe('readRsaPublicKey', () => {
  it('reads SubjectPublicKeyInfo and PKCS#1, with either kind of line break', () => {
    const key = rsa(2048);
    for (const text of [pem(key), pkcs1(key), pem(key).replaceAll('\n', '\r\n'), `\n${pem(key)}\n`]) {
      expect(readRsaPublicKey(text)).toEqual({ pem: pem(key), modulusBytes: 256 });
    }
  });

  it.each([
    ['1024 bits', () => pem(rsa(1024))],
    ['2047 bits', () => pem(rsa(2047))],
    ['a private key', () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['Ed25519', () => pem(generateKeyPairSync('ed25519').publicKey)],
    ['P-256', () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
    ['RSA-PSS', () => pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)],
    ['two keys', () => publicKeyPem + publicKeyPem],
    ['text before the key', () => `x${publicKeyPem}`],
    ['a broken key', () => publicKeyPem.replace('MIIB', 'MIIC')],
    ['an SSH key', () => 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ=='],
    ['nothing', () => ''],
    ['more than a key can be', () => publicKeyPem.replace('\n', `\n${'A'.repeat(9000)}`)],
  ])('refuses %s', (_name, make) => {
    expect(() => readRsaPublicKey(make())).toThrow(expect.objectContaining({ code: 'signature_invalid' }));
  });
});
