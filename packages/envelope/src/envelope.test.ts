import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openEnvelope, rewrapEnvelope, sealEnvelope } from './envelope.ts';
import { decodeMasterKey, decodeMasterKeys, masterKeys } from './master-keys.ts';

const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const plain = Buffer.from('the private key');

/** As the first version sealed. */
function sealV1(master: Buffer, context: string, text: Buffer): string {
  const encrypt = (key: Buffer, bytes: Buffer): string => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
  };
  const dataKey = randomBytes(32);
  return `v1.${encrypt(master, dataKey)}.${encrypt(dataKey, text)}`;
}

describe('an envelope', () => {
  it('opens to what was sealed, and is another one each time', () => {
    const keys = masterKeys(one);
    const sealed = sealEnvelope(keys, 'key-1', plain);
    expect(openEnvelope(keys, 'key-1', sealed)).toEqual(plain);
    expect(sealEnvelope(keys, 'key-1', plain)).not.toBe(sealed);
  });

  it('opens under no other key or context, nor changed, cut or extended', () => {
    const keys = masterKeys(one);
    const sealed = sealEnvelope(keys, 'key-1', plain);
    const [, id = '', wrapped = '', body = ''] = sealed.split('.');
    const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    const attempts: [Buffer, string, string][] = [
      [two, 'key-1', sealed],
      [one, 'key-2', sealed],
      [one, 'key-1', `v2.${id}.${flip(wrapped)}.${body}`],
      [one, 'key-1', `v2.${id}.${wrapped}.${flip(body)}`],
      [one, 'key-1', `v2.${id}.${wrapped}.${body.slice(0, 20)}`],
      [one, 'key-1', `v2.${id}.${wrapped}.`],
      [one, 'key-1', `v2.${id}.${wrapped}`],
      [one, 'key-1', `v2.${wrapped}.${body}`],
      [one, 'key-1', `v2.00000000.${wrapped}.${body}`],
      [one, 'key-1', `v1.${id}.${wrapped}.${body}`],
      [one, 'key-1', `v3.${id}.${wrapped}.${body}`],
      [one, 'key-1', `${sealed}.x`],
      [one, 'key-1', ''],
    ];
    for (const [key, context, text] of attempts) expect(() => openEnvelope(masterKeys(key), context, text)).toThrow();
  });

  it('names its master key, so that the right one of several opens it', () => {
    const old = sealEnvelope(masterKeys(one), 'key-1', plain);
    expect(old).toMatch(/^v2\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
    expect(openEnvelope(masterKeys(two, [one]), 'key-1', old)).toEqual(plain);
    expect(sealEnvelope(masterKeys(one, [two]), 'key-1', plain).split('.')[1]).toBe(old.split('.')[1]);
    expect(sealEnvelope(masterKeys(two, [one]), 'key-1', plain).split('.')[1]).not.toBe(old.split('.')[1]);
  });

  it('of the first version, which names none, opens under any of them', () => {
    const v1 = sealV1(one, 'key-1', plain);
    expect(openEnvelope(masterKeys(one), 'key-1', v1)).toEqual(plain);
    expect(openEnvelope(masterKeys(two, [one]), 'key-1', v1)).toEqual(plain);
    expect(() => openEnvelope(masterKeys(two), 'key-1', v1)).toThrow();
  });

  it.each<[string, (context: string) => string]>([
    ['the first version', (context) => sealV1(one, context, plain)],
    ['this version', (context) => sealEnvelope(masterKeys(one), context, plain)],
  ])('of %s is wrapped anew for the new master key, with what is sealed unchanged', (_what, seal) => {
    const old = seal('key-1');
    const renewed = rewrapEnvelope(masterKeys(two, [one]), 'key-1', old);
    expect(renewed.split('.').at(-1)).toBe(old.split('.').at(-1));
    expect(openEnvelope(masterKeys(two), 'key-1', renewed)).toEqual(plain);
    expect(() => openEnvelope(masterKeys(one), 'key-1', renewed)).toThrow();
    expect(() => rewrapEnvelope(masterKeys(two), 'key-1', old)).toThrow();
    expect(() => rewrapEnvelope(masterKeys(two, [one]), 'key-2', old)).toThrow();
  });
});

describe('a master key', () => {
  it('is 32 bytes in hex or base64, and nothing else', () => {
    expect(decodeMasterKey('01'.repeat(32))).toEqual(one);
    expect(decodeMasterKey(one.toString('base64'))).toEqual(one);
    expect(decodeMasterKey(one.toString('base64url'))).toEqual(one);
    for (const wrong of ['', '01'.repeat(31), 'x'.repeat(64), `${'01'.repeat(32)} `]) {
      expect(decodeMasterKey(wrong)).toBeUndefined();
    }
    expect(decodeMasterKeys(`${one.toString('hex')}, ${two.toString('base64')},`)).toEqual([one, two]);
    expect(decodeMasterKeys('')).toEqual([]);
    expect(decodeMasterKeys(`${one.toString('hex')},x`)).toBeUndefined();
  });
});
