import { createHash, hkdfSync } from 'node:crypto';

/** A key of 32 bytes that wraps the data keys of envelopes. */
export interface MasterKey {
  /** 8 hex characters, which say which key it is and nothing about it. */
  id: string;
  bytes: Buffer;
}

/** The one that seals, and all that open. */
export interface MasterKeys {
  sealing: MasterKey;
  opening: readonly MasterKey[];
}

/** @param others further keys that open: the former one, or the next one before it seals */
export function masterKeys(sealing: Buffer, others: readonly Buffer[] = []): MasterKeys {
  const first = masterKey(sealing);
  return { sealing: first, opening: [first, ...others.map(masterKey)] };
}

/** What `decodeMasterKey` reads, in words for a message. */
export const masterKeyForm = 'wants 32 bytes, as 64 hex characters (`openssl rand -hex 32`) or in base64';

/** The bytes of a master key as it is written in settings; undefined for anything else. */
export function decodeMasterKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 && /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? bytes : undefined;
}

/** Several of them, separated by commas; undefined when one is none. */
export function decodeMasterKeys(text: string): Buffer[] | undefined {
  const keys = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => decodeMasterKey(part.trim()));
  const decoded = keys.filter((key) => key !== undefined);
  return decoded.length === keys.length ? decoded : undefined;
}

/** The id is stored beside what the key protects, so it is taken from a value that is derived from the key for nothing else. */
function masterKey(bytes: Buffer): MasterKey {
  const derived = Buffer.from(hkdfSync('sha256', bytes, '', 'artdag/master-key-id', 32));
  return { id: createHash('sha256').update(derived).digest('hex').slice(0, 8), bytes };
}
