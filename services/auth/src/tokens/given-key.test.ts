import { generateKeyPairSync, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readGivenKey } from './given-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'artdag-given-key-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pem = String(rsa.export({ type: 'pkcs8', format: 'pem' }));
const publicPem = String(createPublicKey(rsa).export({ type: 'spki', format: 'pem' }));
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const path = join(folder, 'key.pem');
writeFileSync(path, pem);

describe('readGivenKey', () => {
  it('reads a file, or the variable, and compares the public half', () => {
    for (const env of [{ SIGNING_KEY_PATH: path }, { SIGNING_PRIVATE_KEY: pem }]) {
      const { key, problems } = readGivenKey({ ...env, SIGNING_PUBLIC_KEY: publicPem });
      expect([key?.equals(rsa), problems]).toEqual([true, []]);
    }
    expect(readGivenKey({})).toEqual({ key: undefined, problems: [] });
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['no such file', { SIGNING_KEY_PATH: join(folder, 'none') }, /^SIGNING_KEY_PATH: wants an RSA private key/],
    ['nonsense', { SIGNING_PRIVATE_KEY: 'x' }, /^SIGNING_PRIVATE_KEY: wants an RSA/],
    ['1024 bits', { SIGNING_PRIVATE_KEY: String(small.export({ type: 'pkcs8', format: 'pem' })) }, /at least 2048/],
    ['another kind', { SIGNING_PRIVATE_KEY: String(curve.export({ type: 'pkcs8', format: 'pem' })) }, /RSA/],
    ['a public key', { SIGNING_PRIVATE_KEY: publicPem }, /RSA private key/],
    [
      'another public half',
      {
        SIGNING_PRIVATE_KEY: pem,
        SIGNING_PUBLIC_KEY: String(foreign.publicKey.export({ type: 'spki', format: 'pem' })),
      },
      /^SIGNING_PUBLIC_KEY: is not the public half of SIGNING_PRIVATE_KEY/,
    ],
    ['a public half alone', { SIGNING_PUBLIC_KEY: publicPem }, /there is no private key/],
    ['both', { SIGNING_KEY_PATH: path, SIGNING_PRIVATE_KEY: pem }, /wants one of them/],
  ])('says what is wrong with %s, and not what is in it', (_what, env, problem) => {
    const { key, problems } = readGivenKey(env);
    expect([key, problems.length]).toEqual([undefined, 1]);
    expect(problems[0]).toMatch(problem);
    expect(problems[0]).not.toMatch(/BEGIN|MII/);
  });
});
