import { typeid } from 'typeid-js';

/** A new TypeID, e.g. `newId('ast')` → `ast_01h455vb4pex5vsknk084sn02q`: prefix, `_`, a UUIDv7 in 26 base32 characters. */
export function newId(prefix: string): string {
  return typeid(prefix).toString();
}

/** The 26 base32 characters of a new UUIDv7, for ids with a prefix of their own shape (`user:…`). Sorts by time. */
export function newSuffix(): string {
  return typeid().toString();
}
