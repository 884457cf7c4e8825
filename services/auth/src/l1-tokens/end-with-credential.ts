import type { Execute } from '@artdag/messaging';
import type { By } from '../transaction.ts';
import { answeredWithinMs, recordEnded } from './end-l1-tokens.ts';
import { endTokensMadeBy, lastEndedMadeBy } from './l1-token-rows.ts';

/** Of a public key, whatever the reason that identity has for it. */
export const keyRevokedReason = 'key_revoked';

export interface EndedCredentials {
  actorId: string;
  /** API keys, API tokens or public keys of the actor that end in the same transaction; null when the actor is denied in it. */
  credentialIds: readonly string[] | null;
  /** As their L1s hear it. */
  reason: string;
}

/**
 * Ends what L1s got of an actor by means of credentials that end, or of one that is denied, in the caller's transaction and as the first that it does: the actor's row is
 * locked, so that whoever attaches meanwhile waits, and finds the denial. Their L1s hear of it by the event.
 *
 * @returns the ids to enforce after the commit, also those that somebody else has ended a moment ago
 */
export async function endL1TokensWith(execute: Execute, o: EndedCredentials, by: By, now: Date): Promise<string[]> {
  const { actorId, credentialIds, reason } = o;
  await execute('SELECT 1 AS one FROM actors WHERE id = $1 FOR NO KEY UPDATE', [actorId]);
  const tokens = await endTokensMadeBy(execute, { actorId, credentialIds, now });
  await recordEnded(execute, tokens, { actorId, reason }, by, now);
  return await lastEndedMadeBy(execute, { actorId, credentialIds, since: new Date(now.getTime() - answeredWithinMs) });
}
