import { describe, expect, it } from '@jest/globals';
import { toHex } from '../bytes.ts';
import { keccak256 } from './keccak256.ts';
import { ripemd160 } from './ripemd160.ts';

const utf8 = new TextEncoder();

describe('RIPEMD-160, without help from OpenSSL', () => {
  // The test vectors of its authors (Dobbertin, Bosselaers, Preneel).
  it.each([
    ['', '9c1185a5c5e9fc54612808977ee8f548b2258d31'],
    ['a', '0bdc9d2d256b3ee9daae347be6f4dc835a467ffe'],
    ['abc', '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc'],
    ['message digest', '5d0689ef49d2fae572b881b123a85ffa21595f36'],
    ['abcdefghijklmnopqrstuvwxyz', 'f71c27109c692c1b56bbdceb5b9d2865b3708dbc'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '12a053384a9c0c88e405a06c27dcf49ada62eb2b'],
    ['1234567890'.repeat(8), '9b752e45573d4b39f4dbd3323cab82bf63326bfb'],
  ])('of %j', (text, digest) => {
    expect(toHex(ripemd160(utf8.encode(text)))).toBe(digest);
  });
});

describe('Keccak-256', () => {
  it.each([
    [new Uint8Array(), 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    [Uint8Array.of(0x80), '56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421'],
    [utf8.encode('abc'), '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
  ])('of %p', (message, digest) => {
    expect(toHex(keccak256(message))).toBe(digest);
  });
});
