import { AppError } from '@artdag/service-kit';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { appendAudit } from '../audit/audit.ts';
import { endInTransaction } from '../sessions/end-session.ts';
import { allScopes } from '@artdag/actor-context';
import { accessClaims } from '../tokens/access-claims.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import type { By, InTransaction } from '../transaction.ts';
import type { RefreshRepository, RefreshTokenOwner } from './refresh.repository.ts';
import { endFamily } from './refresh-rows.ts';
import { refreshTokenHash } from './refresh-token.ts';
import { rotate, type Successor } from './rotate.ts';

export interface RefreshDeps {
  inTransaction: InTransaction;
  refreshTokens: Pick<RefreshRepository, 'findOwner'>;
  profiles: Pick<ActorProfiles, 'fresh'>;
  tokens: Pick<AccessTokens, 'mint'>;
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  refreshTtlMs: number;
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
}

export interface Refreshed {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
  refreshExpiresAt: Date;
}

/** 32 random bytes, url-safe; whatever else is nobody's. */
const pattern = /^[A-Za-z0-9_-]{43}$/;

/**
 * Gives a new pair for a refresh token (actor-sessions.md §8). The same token within 30 s from the same client gives the same successor;
 * any other reuse ends its family and session, which no replica accepts any more when this rejects.
 *
 * @param by `actorId` is not known yet, and is set here
 * @throws AppError 400 `invalid_grant`
 */
export async function refresh(
  deps: RefreshDeps,
  input: { secret: string; clientHash: string },
  by: Omit<By, 'actorId'>,
): Promise<Refreshed> {
  const { secret, clientHash } = input;
  const owner = pattern.test(secret) ? await deps.refreshTokens.findOwner(refreshTokenHash(secret)) : null;
  if (owner === null) throw invalidGrant();
  const now = deps.now();
  const found = await deps
    .inTransaction(owner.actorId, (execute) =>
      rotate(execute, { owner, secret, clientHash, now, ttlMs: deps.refreshTtlMs }),
    )
    .catch(asEnded);
  if (found === 'reused') await endReused(deps, owner, { ...by, actorId: owner.actorId });
  if (typeof found === 'string') throw invalidGrant();
  return await answerOf(deps, owner, found);
}

async function answerOf(deps: RefreshDeps, owner: RefreshTokenOwner, next: Successor): Promise<Refreshed> {
  const profile = await deps.profiles.fresh(owner.actorId);
  if (profile?.status !== 'active') throw invalidGrant();
  const claims = accessClaims(profile, { id: owner.sessionId, orgId: next.orgId }, allScopes);
  const { token, expiresInSeconds } = deps.tokens.mint(claims, undefined, next.sessionEndsAt);
  return { accessToken: token, expiresInSeconds, refreshToken: next.secret, refreshExpiresAt: next.expiresAt };
}

/** Somebody has a copy of the token: nobody knows who is the thief, so both are out. */
async function endReused(deps: RefreshDeps, owner: RefreshTokenOwner, by: By): Promise<void> {
  const { actorId, sessionId, familyId } = owner;
  const now = deps.now();
  const ids = await deps.inTransaction(actorId, async (execute) => {
    const which = { only: sessionId };
    const ended = await endInTransaction(execute, { actorId, which, reason: 'refresh_reuse', by }, now);
    await endFamily(execute, familyId, now);
    await appendAudit(execute, { ...by, action: 'refresh.reused', target: sessionId, data: { family: familyId } });
    return ended;
  });
  deps.onEvent();
  await deps.revoker.enforce(ids);
}

/** To whoever refreshes, an ended session is an ended grant. */
function asEnded(error: unknown): 'expired' {
  if (error instanceof AppError && error.code === 'unauthorized') return 'expired';
  throw error;
}

function invalidGrant(): AppError {
  return new AppError('invalid_grant', 400, 'The refresh token is not valid any more. Sign in again.');
}
