import { createHash } from 'node:crypto';
import type { Proof } from './prove-key.ts';
import type { Use } from './seen.repository.ts';

/** Methods that change nothing: their requests may be repeated (RFC 9110 §9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isUnsafe(method: string): boolean {
  return !safeMethods.has(method.toUpperCase());
}

/** A signed request that may be used once. */
export interface OnceOnly {
  proof: Proof;
  ts: number;
}

/**
 * Which of these requests are used for the first time, here or on any replica, ever. The signed text is what counts: one text has more than
 * one spelling of its signature.
 */
export async function firstUses<T extends OnceOnly>(
  insert: (uses: readonly Use[]) => Promise<Buffer[]>,
  requests: readonly T[],
): Promise<Set<T>> {
  const byHash = new Map<string, { use: Use; request: T }>();
  for (const request of requests) {
    const { proof, ts } = request;
    const hash = createHash('sha256').update(proof.key.fingerprint).update(proof.text).digest();
    const name = hash.toString('latin1');
    // Twice in one batch: the first is the use.
    if (!byHash.has(name)) byHash.set(name, { use: { hash, ts }, request });
  }
  if (byHash.size === 0) return new Set();
  const fresh = await insert([...byHash.values()].map(({ use }) => use));
  return new Set(fresh.flatMap((hash) => byHash.get(hash.toString('latin1'))?.request ?? []));
}
