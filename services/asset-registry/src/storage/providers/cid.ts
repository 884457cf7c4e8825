import { base16, base32nopad, base58 } from '@scure/base';

/**
 * Whether two texts name the same content: the same CID, or CIDs of the same multihash, as services give them in another version or base
 * than they got them in.
 */
export function sameCid(one: string, other: string): boolean {
  if (one === other) return true;
  const multihash = multihashOf(one);
  return multihash !== undefined && multihash === multihashOf(other);
}

const decoders = new Map<string, (text: string) => Uint8Array>([
  ['b', (text) => base32nopad.decode(text.toUpperCase())],
  ['B', (text) => base32nopad.decode(text)],
  ['f', (text) => base16.decode(text.toUpperCase())],
  ['F', (text) => base16.decode(text)],
  ['z', (text) => base58.decode(text)],
]);

/** Hex of the multihash in a CID; undefined for what is none, or in a base that is hardly used. */
function multihashOf(cid: string): string | undefined {
  try {
    // Version 0: a SHA-256 multihash in base58btc.
    if (/^Qm[1-9A-HJ-NP-Za-km-z]{44}$/.test(cid)) return Buffer.from(base58.decode(cid)).toString('hex');
    const bytes = decoders.get(cid.charAt(0))?.(cid.slice(1));
    if (bytes === undefined || bytes[0] !== 1) return undefined;
    return Buffer.from(bytes.subarray(afterVarint(bytes, 1))).toString('hex');
  } catch {
    return undefined;
  }
}

/** The codec of a CID of version 1 is a varint, of seven bits a byte. */
function afterVarint(bytes: Uint8Array, start: number): number {
  let at = start;
  while ((bytes[at] ?? 0) >= 0x80) at += 1;
  return at + 1;
}
