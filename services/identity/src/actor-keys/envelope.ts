import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Seals bytes under a fresh data key, and the data key under the master key; both AES-256-GCM, bound to `context` so that
 * an envelope copied to another row does not open there. A new master key re-wraps the data key only.
 *
 * @param masterKey 32 bytes
 * @returns `v1.<wrapped data key>.<sealed bytes>`, each part base64url of iv ‖ tag ‖ ciphertext
 */
export function sealEnvelope(masterKey: Buffer, context: string, plain: Buffer): string {
  const dataKey = randomBytes(32);
  const sealed = `${version}.${encrypt(masterKey, context, dataKey)}.${encrypt(dataKey, context, plain)}`;
  dataKey.fill(0);
  return sealed;
}

/** @throws Error when the envelope is not of this form, of another context, or sealed under another master key. */
export function openEnvelope(masterKey: Buffer, context: string, envelope: string): Buffer {
  const [found, wrapped, sealed, ...rest] = envelope.split('.');
  if (found !== version || wrapped === undefined || sealed === undefined || rest.length > 0) {
    throw new Error('Not a v1 envelope.');
  }
  return decrypt(decrypt(masterKey, context, wrapped), context, sealed);
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
