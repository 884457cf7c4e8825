import type { Invalidations } from '@artdag/key-value';
import type { Execute } from '@artdag/messaging';
import type { AuthClient } from '../actors/auth-client.ts';
import type { RevokedKey } from './mark-revoked.ts';

export interface ConfirmRevokedDeps {
  auth: Pick<AuthClient, 'revoke'>;
  invalidations: Pick<Invalidations, 'announce'>;
  /** Autocommit statements. */
  execute: Execute;
  now: () => Date;
}

/** The cache of key lists by handle. */
export const keyListCache = 'msign/keys';

/** How long auth refuses the id: far longer than a key list that still shows the key as live may be kept. */
const refusedForMs = 10 * 60_000;

/**
 * Makes committed ends of keys effective: resolves once no replica accepts them, and writes that down. Repeating it is safe; what it cannot
 * finish is finished by the sweeper.
 *
 * @throws AppError 503 `dependency_unavailable`
 */
export async function confirmKeysRevoked(
  deps: ConfirmRevokedDeps,
  keys: readonly RevokedKey[],
  reason: string,
): Promise<void> {
  if (keys.length === 0) return;
  const expiresAt = new Date(deps.now().getTime() + refusedForMs);
  const handles = new Set(keys.map(({ handle }) => handle));
  const told = [...handles].map((handle) => deps.invalidations.announce(keyListCache, handle));
  await deps.auth.revoke(keys.map(({ keyId: id, actorId }) => ({ id, reason, expiresAt, actorId })));
  await deps.execute(
    // In one order, as the sweeper may be at the same keys.
    `UPDATE auth_keys AS k SET revocation_confirmed_at = $2::timestamptz
     FROM (SELECT id FROM auth_keys WHERE id = ANY($1) AND revocation_confirmed_at IS NULL
           ORDER BY id FOR NO KEY UPDATE) AS due
     WHERE k.id = due.id`,
    [keys.map(({ keyId }) => keyId), deps.now().toISOString()],
  );
  await Promise.all(told);
}
