import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { MasterKeys } from './master-keys.ts';

const ivBytes = 12;
const tagBytes = 16;

/**
 * Seals bytes under a fresh data key, and the data key under the sealing master key; both AES-256-GCM, bound to `context` so that
 * an envelope copied to another row does not open there.
 *
 * @returns `v2.<id of the master key>.<wrapped data key>.<sealed bytes>`, the last two base64url of iv ‖ tag ‖ ciphertext
 */
export function sealEnvelope(keys: MasterKeys, context: string, plain: Buffer): string {
  const dataKey = randomBytes(32);
  const sealed = encrypt(dataKey, context, plain);
  const envelope = format(keys, context, dataKey, sealed);
  dataKey.fill(0);
  return envelope;
}

/**
 * Opens what any of the master keys sealed, also the `v1.<wrapped>.<sealed>` of before, which names no master key.
 *
 * @throws Error when the envelope is not of this form, of another context, or sealed under none of the keys
 */
export function openEnvelope(keys: MasterKeys, context: string, envelope: string): Buffer {
  const parts = parse(envelope);
  const dataKey = unwrap(keys, context, parts);
  const plain = decrypt(dataKey, context, parts.sealed);
  dataKey.fill(0);
  return plain;
}

/**
 * The same envelope with its data key under the sealing master key; what is sealed is neither opened nor changed.
 *
 * @throws Error as `openEnvelope`
 */
export function rewrapEnvelope(keys: MasterKeys, context: string, envelope: string): string {
  const parts = parse(envelope);
  const dataKey = unwrap(keys, context, parts);
  const rewrapped = format(keys, context, dataKey, parts.sealed);
  dataKey.fill(0);
  return rewrapped;
}

/** What the envelopes begin with that this master key sealed. */
export function envelopePrefix(masterKeyId: string): string {
  return `v2.${masterKeyId}.`;
}

interface Parts {
  masterKeyId: string | undefined;
  wrapped: string;
  sealed: string;
}

function format(keys: MasterKeys, context: string, dataKey: Buffer, sealed: string): string {
  return `${envelopePrefix(keys.sealing.id)}${encrypt(keys.sealing.bytes, context, dataKey)}.${sealed}`;
}

function parse(envelope: string): Parts {
  const [version, ...rest] = envelope.split('.');
  const [masterKeyId, wrapped, sealed] = version === 'v1' ? [undefined, ...rest] : rest;
  const known = (version === 'v1' && rest.length === 2) || (version === 'v2' && rest.length === 3);
  if (!known || wrapped === undefined || sealed === undefined) throw new Error('Not an envelope of version 1 or 2.');
  return { masterKeyId, wrapped, sealed };
}

function unwrap(keys: MasterKeys, context: string, { masterKeyId, wrapped }: Parts): Buffer {
  let failure: unknown = new Error(`None of the master keys is ${String(masterKeyId)}.`);
  for (const key of keys.opening) {
    if (masterKeyId !== undefined && key.id !== masterKeyId) continue;
    try {
      return decrypt(key.bytes, context, wrapped);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function encrypt(key: Buffer, context: string, plain: Buffer): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
}

function decrypt(key: Buffer, context: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  const iv = bytes.subarray(0, ivBytes);
  const tag = bytes.subarray(ivBytes, ivBytes + tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
}
