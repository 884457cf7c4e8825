/**
 * Where sessions and revocations are kept. Values are texts without secrets in their keys. A store that cannot answer rejects: then nobody is let in.
 */
export interface L1Store {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Resolves to whether it was set: false where the key is there already. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
  /** Sets a number, unless a higher one is there. */
  raise(key: string, value: number, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds to a set, which lives for `ttlMs` from its last change on. */
  add(key: string, member: string, ttlMs: number): Promise<void>;
  members(key: string): Promise<string[]>;
  remove(key: string, member: string): Promise<void>;
}
