import type { KeyValueStore } from '@artdag/key-value';
import { denyKey } from '@artdag/revocation';

/** A row of revoked_tokens as the store has to know it. */
export interface StoredDenial {
  id: string;
  reason: string;
  /** Both as PostgreSQL writes them: they tell whether a row has changed. */
  revokedAt: string;
  expiresAt: string;
  revokedAtMs: number;
  /** 0: lifted. */
  expiresAtMs: number;
}

export const isLifted = ({ expiresAtMs }: StoredDenial): boolean => expiresAtMs <= 0;

/** For so long beyond its expiry a denial stays in force: verifiers allow 30 s of leeway, and clocks differ. */
export const denialGraceMs = 120_000;

/**
 * Makes the store say what the rows say. Resolves with the server that has confirmed it.
 *
 * @param nowMs epoch
 * @throws KeyValueError when the store did not confirm all of it
 */
export async function pushDenials(
  store: KeyValueStore,
  denials: readonly StoredDenial[],
  nowMs: number,
): Promise<{ serverId: string }> {
  const entries = denials.flatMap((denial) => {
    const ttlMs = Math.ceil(denial.expiresAtMs + denialGraceMs - nowMs);
    return ttlMs > 0 ? [{ key: denyKey(denial.id), value: valueOf(denial), ttlMs }] : [];
  });
  return await store.write(entries);
}

/**
 * Takes out of the store what was lifted, unless a later denial is there already: a removal that arrives late takes nothing away
 * that it does not know.
 */
export async function liftEntries(store: KeyValueStore, denials: readonly StoredDenial[]): Promise<void> {
  const lifted = denials.filter(isLifted);
  if (lifted.length === 0) return;
  const { values } = await store.read(lifted.map(({ id }) => denyKey(id)));
  for (const [i, { id, revokedAtMs }] of lifted.entries()) {
    const value = values[i] ?? null;
    if (value === null || versionOf(value) > revokedAtMs) continue;
    await store.replace(denyKey(id), value, '', { ttlMs: 1 });
  }
}

/** The reason; for what can be lifted also which denial of the id it is. */
function valueOf({ id, reason, revokedAtMs }: StoredDenial): string {
  const word = reason.replaceAll(' ', '_') || 'revoked';
  return id.includes(':') ? `${word} ${revokedAtMs}` : word;
}

function versionOf(value: string): number {
  return Number(value.split(' ')[1] ?? 0);
}
