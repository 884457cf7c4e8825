import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/** The key of the key ring: HKDF-SHA-256 of the JWT secret, info `artdag/key-ring`, 32 bytes (art-dag-l2.md §3). */
export function keyRingKey(jwtSecret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', jwtSecret, '', 'artdag/key-ring', 32));
}

/** AES-256-GCM, bound to the key's id: `v1.` and base64url of iv ‖ tag ‖ ciphertext. */
export function sealPrivateKey(ringKey: Buffer, kid: string, der: Buffer): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', ringKey, iv).setAAD(Buffer.from(kid));
  const body = Buffer.concat([cipher.update(der), cipher.final()]);
  return `${version}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** Null when this secret cannot open it: sealed under another one, or altered. */
export function openPrivateKey(ringKey: Buffer, kid: string, sealed: string): Buffer | null {
  const [found, text] = sealed.split('.');
  if (found !== version || text === undefined) return null;
  const bytes = Buffer.from(text, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', ringKey, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
  } catch {
    return null;
  }
}
