import type { InTransaction } from '../transaction.ts';
import { insertSession, recordLogin, type SignedIn, type StartSession } from '../sessions/start-session.ts';

/**
 * Starts a session for somebody whose password was right, if it still is and the account still active. The actor and the
 * password are locked until the commit: no login slips past a disabling or a change of the password, which ends all sessions that there are.
 *
 * @param provenHash the hash that the password was checked against
 */
export async function startProvenSession(
  deps: { inTransaction: InTransaction },
  session: StartSession,
  provenHash: string | null,
): Promise<SignedIn | 'disabled' | 'deleted' | 'stale'> {
  const { actorId } = session.profile;
  return await deps.inTransaction(actorId, async (execute) => {
    const actor = (await execute('SELECT status FROM actors WHERE id = $1 FOR SHARE', [actorId])).rows[0];
    if (actor?.['status'] === 'disabled') return 'disabled';
    if (actor?.['status'] !== 'active') return 'deleted';
    // An exclusive lock from the start: two logins at once that both held a shared one could not both write.
    const user = await execute(
      `UPDATE users SET last_login_at = $3::timestamptz WHERE actor_id = $1 AND password_hash IS NOT DISTINCT FROM $2`,
      [actorId, provenHash, session.now.toISOString()],
    );
    if (user.rowCount !== 1) return 'stale';
    const signedIn = await insertSession(execute, session);
    await recordLogin(execute, session, signedIn);
    return signedIn;
  });
}
