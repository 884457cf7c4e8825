import type { Execute } from '@artdag/messaging';

/** Something that is not accepted any more, under the id by which it is looked up. */
export interface Denial {
  /** A token's jti, a session, an actor, an API key or a public key. */
  id: string;
  /** Short and stable, such as `logout`; it is shown to nobody but operators. */
  reason: string;
  actorId: string | null;
  username?: string | null;
  /** SHA-256 (hex) of the token. */
  tokenHash?: string | null;
  /** When the last credential that carries the id has expired by itself. */
  expiresAt: Date;
}

// An older denial of the same id stays in force: the longer life wins. `revoked_at` grows with every change, so that it tells them apart.
const upsert = `
INSERT INTO revoked_tokens (jti, token_hash, actor_id, username, reason, expires_at, revoked_at)
SELECT d.jti, d.token_hash, d.actor_id, d.username, d.reason, d.expires_at::timestamptz, clock_timestamp()
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
  AS d(jti, token_hash, actor_id, username, reason, expires_at)
ORDER BY d.jti
ON CONFLICT (jti) DO UPDATE SET
  token_hash = COALESCE(excluded.token_hash, revoked_tokens.token_hash),
  actor_id = COALESCE(excluded.actor_id, revoked_tokens.actor_id),
  username = COALESCE(excluded.username, revoked_tokens.username),
  reason = excluded.reason,
  expires_at = GREATEST(excluded.expires_at, revoked_tokens.expires_at),
  revoked_at = GREATEST(excluded.revoked_at, revoked_tokens.revoked_at + interval '1 millisecond'),
  confirmed_on = NULL`;

/** Written by a revoking transaction, in that transaction; it is in force everywhere once `Revoker.enforce` has resolved after the commit. */
export async function writeDenials(execute: Execute, denials: readonly Denial[]): Promise<void> {
  const longestLast = denials.toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
  const byId = [...new Map(longestLast.map((denial) => [denial.id, denial])).values()];
  if (byId.length === 0) return;
  await execute(upsert, [
    byId.map(({ id }) => id),
    byId.map(({ tokenHash }) => tokenHash ?? null),
    byId.map(({ actorId }) => actorId),
    byId.map(({ username }) => username ?? null),
    byId.map(({ reason }) => reason),
    byId.map(({ expiresAt }) => expiresAt.toISOString()),
  ]);
}

// Kept, as an old copy of the store may bring the entry back: `epoch` says that it was lifted, not that it has run out.
const lift = `
UPDATE revoked_tokens SET expires_at = 'epoch', confirmed_on = NULL WHERE jti = ANY($1::text[])`;

/**
 * Takes denials back (an actor is enabled again), in the caller's transaction. The shared store follows within a second or two, and
 * at once when `Revoker.lift` is called after the commit. Only ids with a colon can be lifted: the others are remembered as revoked for good.
 */
export async function liftDenials(execute: Execute, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await execute(lift, [[...ids]]);
}
