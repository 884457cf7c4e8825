import { TypeID, typeid } from 'typeid-js';

/** A new TypeID, e.g. `newId('ast')` → `ast_01h455vb4pex5vsknk084sn02q`: prefix, `_`, a UUIDv7 in 26 base32 characters. */
export function newId(prefix: string): string {
  return typeid(prefix).toString();
}

/** The 26 base32 characters of a new UUIDv7, for ids with a prefix of their own shape (`user:…`). Sorts by time. */
export function newSuffix(): string {
  return typeid().toString();
}

/**
 * What sorts (by bytes) before every id of this prefix that `newId` makes from that time on, and after all that were made in an earlier millisecond, as far
 * as clocks agree.
 */
export function firstIdAt(prefix: string, time: Date): string {
  const ms = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return TypeID.fromUUID(prefix, `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000000`).toString();
}
