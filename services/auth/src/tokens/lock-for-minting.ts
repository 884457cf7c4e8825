import { unauthorized } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';

/** Under what something is minted. */
export interface MintingFor {
  actorId: string;
  /** Null for operators, who mint for actors without a session. */
  sessionId: string | null;
  now: Date;
  /** Also keeps others from minting for this actor until the commit, where they are counted. */
  alone?: boolean;
}

/**
 * Locks the actor and its session, in this order, until the caller's transaction ends: whoever ends one of them waits, and then finds
 * what was minted; whoever comes after that finds them ended.
 *
 * @returns when the session ends; null without a session
 * @throws AppError 401 `unauthorized` when one of them has ended
 */
export async function lockForMinting(execute: Execute, o: MintingFor): Promise<{ sessionEndsAt: Date | null }> {
  const strength = o.alone === true ? 'NO KEY UPDATE' : 'SHARE';
  const actor = await execute(`SELECT status FROM actors WHERE id = $1 FOR ${strength}`, [o.actorId]);
  if (actor.rows[0]?.['status'] !== 'active') throw unauthorized();
  if (o.sessionId === null) return { sessionEndsAt: null };
  const session = await execute(
    `SELECT expires_at FROM sessions WHERE id = $1 AND actor_id = $2 AND is_valid AND expires_at > $3::timestamptz FOR SHARE`,
    [o.sessionId, o.actorId, o.now.toISOString()],
  );
  if (session.rows[0] === undefined) throw unauthorized();
  return { sessionEndsAt: session.rows[0]['expires_at'] as Date };
}
