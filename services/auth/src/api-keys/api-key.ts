import { createHash, randomBytes } from 'node:crypto';

/** An API key at its birth: the only moment at which the key itself is known. */
export interface NewApiKey {
  id: string;
  /** `dk_` and 32 random bytes, url-safe. */
  key: string;
  /** SHA-256 (hex) of the key, which is what is stored. */
  keyHash: string;
  /** Its first 8 characters, by which its owner knows it again. */
  keyPrefix: string;
}

/** What its owner is shown of a key. */
export interface ListedApiKey {
  id: string;
  keyPrefix: string;
  description: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsed: Date | null;
  isActive: boolean;
}

const keyPattern = /^dk_[A-Za-z0-9_-]{43}$/;
const idPattern = /^[A-Za-z0-9_-]{22}$/;

export function newApiKey(): NewApiKey {
  const key = `dk_${randomBytes(32).toString('base64url')}`;
  return { id: randomBytes(16).toString('base64url'), key, keyHash: hashApiKey(key), keyPrefix: key.slice(0, 8) };
}

export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Whatever else is nobody's, and the database need not see it. */
export function isApiKey(text: string): boolean {
  return keyPattern.test(text);
}

export function isApiKeyId(text: string): boolean {
  return idPattern.test(text);
}
