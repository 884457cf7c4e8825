import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { decodeBase64 } from './encoding.ts';
import { LogDataError } from './log-data-error.ts';

/** A key that signs notes (C2SP signed-note), Ed25519. Name and id together tell which key signed. */
export interface VerifierKey {
  /** Of a log: its origin. */
  name: string;
  /** 8 lower-case hex digits. */
  id: string;
  /** Raw, 32 bytes. */
  publicKey: Uint8Array;
}

const ed25519 = 0x01;
const publicKeyBytes = 32;

/**
 * The note key of a name and a raw Ed25519 public key.
 *
 * @throws LogDataError when the key has not 32 bytes or the name could not stand in a signature line.
 */
export function verifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new LogDataError('A key name is not empty and has neither white space nor "+".');
  if (publicKey.length !== publicKeyBytes) throw new LogDataError('An Ed25519 public key has 32 bytes.');
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519), publicKey]), 'hex');
  return { name, id: digest.slice(0, 8), publicKey };
}

/** `<name>+<id>+<base64 of type and key>`, as Go's `note.NewVerifier` takes it. */
export function formatVkey({ name, id, publicKey }: VerifierKey): string {
  return `${name}+${id}+${Buffer.concat([Buffer.of(ed25519), publicKey]).toString('base64')}`;
}

/** @throws LogDataError when it is no vkey of an Ed25519 key, or its id is another key's. */
export function parseVkey(vkey: string): VerifierKey {
  const [, name = '', id, encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? [];
  const key = decodeBase64(encoded);
  if (key[0] !== ed25519) throw new LogDataError('Not the vkey of an Ed25519 key: <name>+<id>+<base64>.');
  const parsed = verifierKey(name, key.subarray(1));
  if (parsed.id !== id) throw new LogDataError('The id in the vkey is not that of its key.');
  return parsed;
}

/** Whether it could stand in a signature line (C2SP signed-note): that has no control characters below U+0020, but may have others. */
export function isKeyName(name: string): boolean {
  const isInLine = /^[^\p{White_Space}+]+$/u.test(name) && [...name].every((character) => character >= ' ');
  return name.isWellFormed() && isInLine;
}

/** Whether these 64 bytes are the key's signature of the text. Never throws. */
export function verifySignature(key: VerifierKey, text: string, signature: Uint8Array): boolean {
  try {
    return verify(null, Buffer.from(text), keyObject(key.publicKey), signature);
  } catch {
    return false;
  }
}

function keyObject(raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
}
