import { createHash } from 'node:crypto';
import { AppError } from '@artdag/service-kit';
import type { ActorProfile } from '../actors/actor-profile.ts';
import { appendAudit } from '../audit/audit.ts';
import { actorClaims } from '../tokens/access-claims.ts';
import { lockForMinting } from '../tokens/lock-for-minting.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import type { By, InTransaction } from '../transaction.ts';
import { holdRole, insertApiToken, type ApiTokenRow } from './api-token-rows.ts';

export interface MintApiTokenDeps {
  inTransaction: InTransaction;
  codec: Pick<TokenCodec, 'mint'>;
  now: () => Date;
}

export interface NewApiTokenInput {
  profile: ActorProfile;
  /** The session that asks; null for an operator. */
  sessionId: string | null;
  /** One of the actor's orgs, by its id or as `microdao:<slug>`; null for none. */
  org: string | null;
  label: string;
  /** Within what the maker has, which the caller has seen to. */
  scopes: readonly string[];
  ttlSeconds: number;
}

/**
 * Mints an API token; nothing that could be used is stored of it.
 *
 * @throws AppError 401 `unauthorized` when session or actor have ended, 403 `org_not_allowed` for an org that the actor is not in,
 *   or where its role has just changed
 */
export async function mintApiToken(
  deps: MintApiTokenDeps,
  input: NewApiTokenInput,
  by: By,
): Promise<{ token: string; row: ApiTokenRow }> {
  const { profile, sessionId, label, scopes, ttlSeconds } = input;
  const { actorId } = profile;
  const orgId = input.org === null ? null : orgOf(profile, input.org);
  const now = deps.now();
  // Signed before the transaction, which is then short; should it fail, nobody gets to see the token.
  const claims = actorClaims(profile, orgId, scopes);
  const minted = deps.codec.mint('api', claims, { ttlSeconds });
  const { token, jti: id, expiresAt } = minted;
  const tokenHash = createHash('sha256').update(token).digest('hex');
  const row = { id, actorId, orgId, label, scopes, tokenHash, createdAt: now, expiresAt };
  await deps.inTransaction(actorId, async (execute) => {
    await lockForMinting(execute, { actorId, sessionId, now });
    // Whoever takes the membership away, or lowers the role, ends the tokens that there are, and this one must not come after.
    if (orgId !== null && !(await holdRole(execute, actorId, orgId, claims.role ?? ''))) throw orgNotAllowed();
    await insertApiToken(execute, row);
    const data = { ...by.data, scopes, org: orgId, expires_at: expiresAt.toISOString() };
    await appendAudit(execute, { ...by, action: 'api_token.created', target: id, data });
  });
  return { token, row };
}

function orgOf(profile: ActorProfile, org: string): string {
  const found = profile.memberships.find(({ orgId, microdaoId }) => orgId === org || microdaoId === org);
  if (found !== undefined) return found.orgId;
  throw orgNotAllowed();
}

function orgNotAllowed(): AppError {
  return new AppError('org_not_allowed', 403, 'You are not a member of that organisation.');
}
