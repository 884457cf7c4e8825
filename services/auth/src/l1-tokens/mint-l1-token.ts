import { createHash } from 'node:crypto';
import { unauthorized } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { appendAudit } from '../audit/audit.ts';
import { lockForMinting } from '../tokens/lock-for-minting.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import { tokenKinds } from '../tokens/token-kinds.ts';
import type { By } from '../transaction.ts';
import { recordEnded, type EndL1TokensDeps } from './end-l1-tokens.ts';
import { endSurplusForL1, insertL1Token, type EndedToken, type L1TokenRow } from './l1-token-rows.ts';

export interface MintL1TokenDeps extends EndL1TokensDeps {
  codec: Pick<TokenCodec, 'mint'>;
  profiles: Pick<ActorProfiles, 'fresh'>;
  /** Whom the L1 is to ask about the token. */
  publicUrl: string;
}

export interface NewL1Token {
  actorId: string;
  /** The session that asks; null for an API key, an API token or a signed request. */
  sessionId: string | null;
  /** The API key, API token or public key that asks, with whose end the token ends; null for a session. */
  credentialId: string | null;
  /** The L1's address in its one spelling. */
  l1Server: string;
}

/** A token of each browser and program in which a person uses one L1; whoever attaches again and again keeps no more alive than these. */
const maxLive = 10;

/** What an L1 may do for its user. */
const scopes = ['l1:use', 'assets:record'] as const;

/**
 * Mints a token that works for one L1 only (art-dag-l2.md §9, step 2). A logout that runs meanwhile either waits, and ends the token with
 * the others, or comes first, and nothing is minted; so does whoever takes the credential back. An actor has so many live tokens at one L1 and no more: the oldest give way.
 *
 * @throws AppError 401 `unauthorized` when session, credential or actor have ended
 */
export async function mintL1Token(
  deps: MintL1TokenDeps,
  input: NewL1Token,
  by: By,
): Promise<{ token: string; row: L1TokenRow; superseded: EndedToken[] }> {
  const { actorId, sessionId, credentialId, l1Server } = input;
  const profile = await deps.profiles.fresh(actorId);
  if (profile === null) throw unauthorized();
  const now = deps.now();
  const { handle: username } = profile;
  const claims = { sub: username, username, actor_id: actorId, l2_server: deps.publicUrl, l1_server: l1Server, scopes };
  // Signed before the transaction, which is then short; should it fail, nobody gets to see the token.
  const minted = deps.codec.mint('l1', claims, { ttlSeconds: tokenKinds.l1.maxTtlSeconds, audience: l1Server });
  const { token, jti: id, expiresAt } = minted;
  const tokenHash = createHash('sha256').update(token).digest('hex');
  const row = { id, actorId, l1Server, scopes, tokenHash, createdAt: now, expiresAt, madeBy: credentialId };
  const superseded = await deps.inTransaction(actorId, async (execute) => {
    await lockForMinting(execute, { actorId, sessionId, now, alone: true });
    await refuseDenied(execute, [actorId, ...(credentialId === null ? [] : [credentialId])], now);
    await insertL1Token(execute, row);
    const data = { ...by.data, l1_server: l1Server, expires_at: expiresAt.toISOString(), made_by: credentialId };
    await appendAudit(execute, { ...by, action: 'l1_token.created', target: id, data });
    const surplus = await endSurplusForL1(execute, { actorId, l1Server, newest: id, keep: maxLive - 1, now });
    await recordEnded(execute, surplus, { actorId, reason: 'superseded' }, by, now);
    return surplus;
  });
  if (superseded.length > 0) {
    deps.onEvent();
    await deps.revoker.enforce(superseded.map(({ jti }) => jti));
  }
  return { token, row, superseded };
}

/** Asked with the actor locked: a denial of one of these is committed, or waits and finds the token. */
async function refuseDenied(execute: Execute, ids: readonly string[], now: Date): Promise<void> {
  const denied =
    'SELECT 1 AS one FROM revoked_tokens WHERE jti = ANY($1::text[]) AND expires_at > $2::timestamptz LIMIT 1';
  if ((await execute(denied, [[...ids], now.toISOString()])).rows.length > 0) throw unauthorized();
}
