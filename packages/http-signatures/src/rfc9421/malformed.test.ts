import { describe, expect, it } from '@jest/globals';
import { keyId, keySource } from '../signatures.testing.ts';
import { verifyRequest } from '../verify-request.ts';
import { draft, seal, type Draft } from './sealed.testing.ts';

const now = new Date('2026-11-28T12:00:00Z');
const names = Array.from({ length: 40_000 }, (_, i) => `"x-${i}"`);

describe('headers of RFC 9421 that are refused before a key is asked for', () => {
  const written: [string, Draft['write']][] = [
    ['no Signature', (input) => [['Signature-Input', `sig1=${input}`]]],
    [
      'an empty Signature-Input',
      (_input, signature) => [
        ['Signature-Input', ''],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'another label',
      (input, signature) => [
        ['Signature-Input', `sig1=${input}`],
        ['Signature', `sig2=:${signature}:`],
      ],
    ],
    [
      'a label twice',
      (input, signature) => [
        ['Signature-Input', `sig1=(), sig1=${input}`],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'a label twice over two lines',
      (input, signature) => [
        ['Signature-Input', 'sig1=()'],
        ['Signature-Input', `sig1=${input}`],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'a signature twice',
      (input, signature) => [
        ['Signature-Input', `sig1=${input}`],
        ['Signature', `sig1=:AAAA:, sig1=:${signature}:`],
      ],
    ],
    [
      'a label in capitals',
      (input, signature) => [
        ['Signature-Input', `Sig1=${input}`],
        ['Signature', `Sig1=:${signature}:`],
      ],
    ],
    [
      'a signature that is a text',
      (input, signature) => [
        ['Signature-Input', `sig1=${input}`],
        ['Signature', `sig1="${signature}"`],
      ],
    ],
    [
      'a signature that is not base64',
      (input) => [
        ['Signature-Input', `sig1=${input}`],
        ['Signature', 'sig1=:A_-A:'],
      ],
    ],
    [
      'base64 with stray bits',
      (input) => [
        ['Signature-Input', `sig1=${input}`],
        ['Signature', 'sig1=:AB==:'],
      ],
    ],
    [
      'an input that is no list',
      (_input, signature) => [
        ['Signature-Input', 'sig1="@method"'],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'a list that does not end',
      (_input, signature) => [
        ['Signature-Input', 'sig1=("@method"'],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'a comma at the end',
      (input, signature) => [
        ['Signature-Input', `sig1=${input},`],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'draft-cavage beside it',
      (input, signature) => [
        ['Signature-Input', `sig1=${input}`],
        ['Signature', `keyId="${keyId}",headers="date",signature="${signature}"`],
      ],
    ],
    [
      'nine signatures',
      (input, signature) => [
        ['Signature-Input', [...'abcdefghi'].map((l) => `${l}=${input}`).join(', ')],
        ['Signature', [...'abcdefghi'].map((l) => `${l}=:${signature}:`).join(', ')],
      ],
    ],
    [
      'over 8 KiB of Signature-Input',
      (input, signature) => [
        ['Signature-Input', `sig1=${input};x="${'a'.repeat(8192)}"`],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'over 8 KiB of Signature',
      (input, signature) => [
        ['Signature-Input', `sig1=${input}`],
        ['Signature', `sig1=:${signature}:, x="${'a'.repeat(8192)}"`],
      ],
    ],
    [
      'tens of thousands of components',
      (_input, signature) => [
        ['Signature-Input', `sig1=(${names.join(' ')})`],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
    [
      'keyid twice',
      (input, signature) => [
        ['Signature-Input', `sig1=${input};keyid="https://victim.example/k"`],
        ['Signature', `sig1=:${signature}:`],
      ],
    ],
  ];
  it.each(written)('%s', async (_name, write) => {
    const { key: source, asked } = keySource();
    const request = verifyRequest({ ...seal(draft({ now, write })), key: source });
    await expect(request).rejects.toMatchObject({ name: 'SignatureError', code: expect.stringMatching(/^signature_/) });
    expect(asked).toEqual([]);
  });
});
