/** Which word of the block each of the 80 steps takes, and how far it turns, on the left and on the right line. */
const leftWords = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8],
  ...[3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2],
  ...[4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13],
];
const rightWords = [
  ...[5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2],
  ...[15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14],
  ...[12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11],
];
const leftTurns = [
  ...[11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12],
  ...[11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12],
  ...[9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6],
];
const rightTurns = [
  ...[8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11],
  ...[9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8],
  ...[8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11],
];
const leftConstants = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];
const rightConstants = [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0];

type Chain = [number, number, number, number, number];

const turnLeft = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** The function of a round of 16 steps; the right line takes them in the opposite order. */
function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return x ^ y ^ z;
  if (round === 1) return (x & y) | (~x & z);
  if (round === 2) return (x | ~y) ^ z;
  if (round === 3) return (x & z) | (y & ~z);
  return x ^ (y | ~z);
}

function runLine(start: Chain, block: DataView, right: boolean): Chain {
  const [words, turns, constants] = right
    ? [rightWords, rightTurns, rightConstants]
    : [leftWords, leftTurns, leftConstants];
  let [a, b, c, d, e] = start;
  for (let step = 0; step < 80; step += 1) {
    const round = step >> 4;
    const word = block.getUint32(4 * (words[step] ?? 0), true);
    const sum = a + mix(right ? 4 - round : round, b, c, d) + word + (constants[round] ?? 0);
    const turned = (turnLeft(sum | 0, turns[step] ?? 0) + e) | 0;
    [a, b, c, d, e] = [e, turned, b, turnLeft(c, 10), d];
  }
  return [a, b, c, d, e];
}

/** RIPEMD-160, 20 bytes. Builds of OpenSSL 3 without its legacy provider have none, and a proof must not depend on the build. */
export function ripemd160(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * 8n, true);
  let chain: Chain = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let start = 0; start < padded.length; start += 64) {
    const block = new DataView(padded.buffer, start, 64);
    const left = runLine(chain, block, false);
    const right = runLine(chain, block, true);
    chain = [
      (chain[1] + left[2] + right[3]) | 0,
      (chain[2] + left[3] + right[4]) | 0,
      (chain[3] + left[4] + right[0]) | 0,
      (chain[4] + left[0] + right[1]) | 0,
      (chain[0] + left[1] + right[2]) | 0,
    ];
  }
  const digest = new DataView(new ArrayBuffer(20));
  for (const [i, word] of chain.entries()) digest.setInt32(4 * i, word, true);
  return new Uint8Array(digest.buffer);
}
