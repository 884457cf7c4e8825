import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';

/** A call that an L1 is to get: this token of this user is dead. */
export interface NewRevocation {
  /** In its one spelling. */
  l1_url: string;
  username: string;
  jti: string | null;
  /** SHA-256 (hex) of the token, which is how the L1 knows it. Null: the L1 is asked to forget the user. */
  token_hash: string | null;
  /** `logout`, `detached`, `revoked`, … */
  reason: string;
}

const INSERT = `
INSERT INTO l1_revocations (id, l1_url, username, jti, token_hash, reason, revoked_at, next_at)
SELECT n.id, n.l1_url, n.username, n.jti, n.token_hash, n.reason, $7, $7
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS n(id, l1_url, username, jti, token_hash, reason)
ORDER BY n.jti, n.l1_url
ON CONFLICT (jti, l1_url) DO NOTHING`;

/**
 * Writes the calls down, in the caller's transaction: the one that ends the attachment, so that neither is forgotten without the other. A token that
 * is on its way to that L1 already, or has been, is not sent again: one end is often told twice (a detachment and the `token-revoked` that it
 * causes). Sent at once after the commit, if the courier is woken, and otherwise within a second.
 */
export async function enqueueRevocations(
  execute: Execute,
  calls: readonly NewRevocation[],
  revokedAt: Date,
): Promise<void> {
  if (calls.length === 0) return;
  const column = (pick: (call: NewRevocation) => string | null) => calls.map(pick);
  await execute(INSERT, [
    ...[calls.map(() => newId('rvk')), column((call) => call.l1_url), column((call) => call.username)],
    ...[column((call) => call.jti), column((call) => call.token_hash), column((call) => call.reason), revokedAt],
  ]);
}

const LOCK = `SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtextextended('l1 tokens of ' || $1, 0))`;

/**
 * Until the end of the transaction nobody else attaches or detaches this actor, or ends its attachments by an event: they write the same rows, in orders of their own. One lock per actor and not per token: there is
 * room for some thousand locks in a whole PostgreSQL, and who attaches again and again has as many tokens as they like.
 */
export async function lockAttachmentsOf(execute: Execute, actorId: string): Promise<void> {
  await execute(LOCK, [actorId]);
}

/**
 * For whoever writes an attachment, in that transaction and before the row: whether a logout that ran meanwhile has ended the token already. Then
 * there is nothing to attach.
 */
export async function isEnded(execute: Execute, { actorId, jti }: { actorId: string; jti: string }): Promise<boolean> {
  await lockAttachmentsOf(execute, actorId);
  return (await execute('SELECT 1 FROM l1_revocations WHERE jti = $1 LIMIT 1', [jti])).rows.length > 0;
}
