import { createByteReader, type ByteReader } from './byte-reader.ts';
import { compareBytes, concat, fromHex, toHex, varbytes, varuint } from './bytes.ts';
import { limits } from './limits.ts';
import { OtsError } from './ots-error.ts';

/** A block whose header commits to the message: on Bitcoin, the message is its merkle root. */
export type BlockAttestation = { readonly kind: 'bitcoin' | 'litecoin' | 'ethereum'; readonly height: number };

/** Who says since when the message has existed. */
export type Attestation =
  /** A calendar's promise: ask it later. */
  | { readonly kind: 'pending'; readonly uri: string }
  | BlockAttestation
  /** One that this version does not know; kept as it is. `tag` is 16 hex digits. */
  | { readonly kind: 'unknown'; readonly tag: string; readonly payload: Uint8Array };

const pendingTag = '83dfe30d2ef90c8e';
const blockTags: Readonly<Record<BlockAttestation['kind'], string>> = {
  bitcoin: '0588960d73d71901',
  litecoin: '06869a0d73d71b45',
  ethereum: '30fe8087b5c7ead7',
};
const blockKindByTag = new Map(Object.entries(blockTags).map(([kind, tag]) => [tag, kind as BlockAttestation['kind']]));
const tagBytes = 8;
const uriPattern = /^[A-Za-z0-9._/:-]*$/;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextEncoder();

/**
 * Neither queries nor percent signs, logins or IPv6 addresses: a proof is from a stranger, and somebody will call this address.
 *
 * @throws OtsError `invalid_uri`
 */
export function assertCalendarUri(uri: string): void {
  if (uri.length > limits.uriBytes || !uriPattern.test(uri))
    throw new OtsError('invalid_uri', `A calendar's URI has at most ${limits.uriBytes} of A-Z a-z 0-9 . _ / : -`);
}

/** @throws OtsError `truncated`, `limit_exceeded`, `invalid_uri`, or `trailing_bytes` within an attestation that is known */
export function readAttestation(reader: ByteReader): Attestation {
  const tag = toHex(reader.take(tagBytes));
  const payload = reader.varbytes(limits.attestationBytes);
  const known = readKnown(tag, createByteReader(payload));
  return known ?? { kind: 'unknown', tag, payload };
}

function readKnown(tag: string, payload: ByteReader): Attestation | undefined {
  const kind = blockKindByTag.get(tag);
  if (kind === undefined && tag !== pendingTag) return undefined;
  const attestation: Attestation =
    kind === undefined ? { kind: 'pending', uri: readUri(payload) } : { kind, height: payload.varuint() };
  payload.end();
  return attestation;
}

function readUri(payload: ByteReader): string {
  const uri = latin1.decode(payload.varbytes(limits.uriBytes));
  assertCalendarUri(uri);
  return uri;
}

/** @throws OtsError `invalid_uri`, `limit_exceeded`: what is written can be read again */
export function writeAttestation(attestation: Attestation): Uint8Array {
  return concat([fromHex(tagOf(attestation)), varbytes(payloadOf(attestation))]);
}

function tagOf(attestation: Attestation): string {
  if (attestation.kind === 'unknown') return attestation.tag;
  return attestation.kind === 'pending' ? pendingTag : blockTags[attestation.kind];
}

function payloadOf(attestation: Attestation): Uint8Array {
  if (attestation.kind === 'unknown') {
    if (attestation.payload.length > limits.attestationBytes)
      throw new OtsError('limit_exceeded', `An attestation has at most ${limits.attestationBytes} bytes.`);
    return attestation.payload;
  }
  if (attestation.kind !== 'pending') return varuint(attestation.height);
  assertCalendarUri(attestation.uri);
  return varbytes(utf8.encode(attestation.uri));
}

/** The reference's order: by tag, then by URI, height or payload. Zero means that they are the same. */
export function compareAttestations(a: Attestation, b: Attestation): number {
  if (a.kind === 'pending' && b.kind === 'pending') return compareBytes(utf8.encode(a.uri), utf8.encode(b.uri));
  if ('height' in a && 'height' in b && a.kind === b.kind) return a.height - b.height;
  const byTag = compareBytes(fromHex(tagOf(a)), fromHex(tagOf(b)));
  return byTag === 0 && a.kind === 'unknown' && b.kind === 'unknown' ? compareBytes(a.payload, b.payload) : byTag;
}
