import type { Dice } from './dice.ts';

type Change = (body: Buffer) => Buffer;

/** Ways to change what a log answers by one bit, or by as little as it takes. */
export interface Tampering {
  anyBit: Change;
  /** A bit of a bundle's first entry. */
  entryBit: Change;
  /** A bit of the length in front of a bundle's first entry. */
  lengthBit: Change;
  /** A bit of a note's text, such that another character stands there. */
  textBit: Change;
  /** A bit of the signature itself, under its base64. */
  signatureBit: Change;
  /** A bit of the key's id that stands before the signature. */
  keyIdBit: Change;
  /** The tree size of a checkpoint, less one. */
  size: Change;
  /** The index of a tlog-proof, plus one. */
  index: Change;
}

const keyIdBytes = 4;

export function createTampering(dice: Dice): Tampering {
  const between = (start: number, end: number, body: Buffer): Buffer =>
    Buffer.concat([body.subarray(0, start), dice.flipBit(body.subarray(start, end)), body.subarray(end)]);
  const inText =
    (from: RegExp, to: (found: string) => string): Change =>
    (body) =>
      Buffer.from(body.toString().replace(from, to));
  const inSignature = (start: number, end?: number): Change =>
    inText(/[A-Za-z0-9+/]+=*(?=\n$)/, (encoded) => {
      const bytes = Buffer.from(encoded, 'base64');
      return between(start, end ?? bytes.length, bytes).toString('base64');
    });
  return {
    anyBit: (body) => dice.flipBit(body),
    entryBit: (body) => between(2, 2 + body.readUInt16BE(0), body),
    lengthBit: (body) => between(0, 2, body),
    textBit(body) {
      const at = dice.roll(body.indexOf('\n\n'));
      // The lowest bit of a printable character makes another one; of a newline, not.
      const changed = body[at] === 0x0a ? at - 1 : at;
      return Buffer.from(body.map((byte, i) => (i === changed ? byte ^ 1 : byte)));
    },
    signatureBit: inSignature(keyIdBytes),
    keyIdBit: inSignature(0, keyIdBytes),
    size: inText(/^(?<origin>.*\n)(?<size>\d+)/, (found) => found.replace(/\d+$/, (size) => String(Number(size) - 1))),
    index: inText(/^index (?<index>\d+)$/m, (found) => `index ${Number(found.slice('index '.length)) + 1}`),
  };
}
