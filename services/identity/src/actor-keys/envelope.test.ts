import { describe, expect, it } from '@jest/globals';
import { openEnvelope, sealEnvelope } from './envelope.ts';

const masterKey = Buffer.alloc(32, 1);
const plain = Buffer.from('the private key');

describe('an envelope', () => {
  it('opens to what was sealed, and is another one each time', () => {
    const sealed = sealEnvelope(masterKey, 'key-1', plain);
    expect(openEnvelope(masterKey, 'key-1', sealed)).toEqual(plain);
    expect(sealEnvelope(masterKey, 'key-1', plain)).not.toBe(sealed);
  });

  it('opens under no other key or context, nor changed, cut or extended', () => {
    const sealed = sealEnvelope(masterKey, 'key-1', plain);
    const [version, wrapped = '', body = ''] = sealed.split('.');
    const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    const attempts: [Buffer, string, string][] = [
      [Buffer.alloc(32, 2), 'key-1', sealed],
      [masterKey, 'key-2', sealed],
      [masterKey, 'key-1', `${version}.${flip(wrapped)}.${body}`],
      [masterKey, 'key-1', `${version}.${wrapped}.${flip(body)}`],
      [masterKey, 'key-1', `${version}.${wrapped}.${body.slice(0, 20)}`],
      [masterKey, 'key-1', `${version}.${wrapped}.`],
      [masterKey, 'key-1', `${version}.${wrapped}`],
      [masterKey, 'key-1', `v2.${wrapped}.${body}`],
      [masterKey, 'key-1', `${sealed}.x`],
      [masterKey, 'key-1', ''],
    ];
    for (const [key, context, text] of attempts) expect(() => openEnvelope(key, context, text)).toThrow();
  });
});
