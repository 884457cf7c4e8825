import type { RevocationReader, Revoked } from '@artdag/revocation';
import type { ActorCache } from '../auth/actor-cache.ts';
import type { KnownActor } from '../auth/ask-auth.ts';
import type { L1ServerRow } from '../l1-servers/l1-server.ts';
import type { L1Token } from '../tokens/l1-token.ts';
import { accountDisabled, invalidToken, tokenRevoked, tokenScopeMismatch } from '../tokens/refusals.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';

export interface VerifyDeps {
  tokens: TokenVerifier;
  revocations: Pick<RevocationReader, 'check'>;
  actors: Pick<ActorCache, 'get'>;
}

export interface Verified {
  token: L1Token;
  actor: KnownActor;
}

/**
 * Whether a token counts at the L1 that asks, by the checks of art-dag-l2.md §9, step 5, in their order; that the L1 is listed has been seen to.
 * Whether it has been revoked is asked at every use and never remembered, unless it has.
 *
 * @throws AppError 401 `invalid_token`, 403 `token_scope_mismatch`, 403 `account_disabled`, 401 `token_revoked`, 503 `revocation_unavailable`
 */
export async function verifyToken(deps: VerifyDeps, text: string, server: L1ServerRow): Promise<Verified> {
  const checked = deps.tokens.verify(text);
  const token = checked instanceof Promise ? await checked : checked;
  if (token.l1Server !== server.url) throw tokenScopeMismatch();
  const revoked = await deps.revocations.check([token.actorId, token.jti]);
  if (revoked !== undefined) throw await refusalOf(deps, token, revoked);
  const found = deps.actors.get(token.actorId);
  const actor = found instanceof Promise ? await found : found;
  if (actor === null) throw invalidToken('unknown actor');
  if (actor.status !== 'active') throw accountDisabled();
  return { token, actor };
}

/** An account's end comes first. Its tokens get entries of their own in time, and then the account has none. */
async function refusalOf({ actors }: VerifyDeps, token: L1Token, revoked: Revoked): Promise<Error> {
  if (revoked.id === token.actorId) return accountDisabled();
  const actor = await Promise.resolve(actors.get(token.actorId)).catch(() => null);
  return actor !== null && actor.status !== 'active' ? accountDisabled() : tokenRevoked();
}
