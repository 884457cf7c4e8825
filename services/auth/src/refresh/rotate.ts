import type { Execute } from '@artdag/messaging';
import { lockForMinting } from '../tokens/lock-for-minting.ts';
import type { RefreshTokenOwner } from './refresh.repository.ts';
import { expiryOf, findUsed, sessionOrg, useUp } from './refresh-rows.ts';
import { insertRefreshToken, newRefreshToken, refreshTokenHash } from './refresh-token.ts';
import { openSuccessor, sealSuccessor } from './successor-seal.ts';

/** How long a used token still gives its own client the same successor: two tabs refresh at once. Housekeeping wipes it soon after. */
const successorLifeMs = 30_000;

export interface Rotation {
  owner: RefreshTokenOwner;
  secret: string;
  clientHash: string;
  now: Date;
  ttlMs: number;
}

/** The next refresh token of a family. */
export interface Successor {
  secret: string;
  expiresAt: Date;
  sessionEndsAt: Date;
  orgId: string | null;
}

/**
 * Rotates a refresh token in the caller's transaction.
 *
 * @returns `expired`, or `reused` when it was used too long ago or by another client
 * @throws AppError 401 when its session or actor have ended
 */
export async function rotate(execute: Execute, o: Rotation): Promise<Successor | 'expired' | 'reused'> {
  const { owner, secret, clientHash, now } = o;
  const { actorId, sessionId, familyId } = owner;
  const { sessionEndsAt } = await lockForMinting(execute, { actorId, sessionId, now });
  if (sessionEndsAt === null) return 'expired';
  const orgId = await sessionOrg(execute, sessionId);
  const next = newRefreshToken({
    ...{ sessionId, actorId, familyId, clientHash, now, ttlMs: o.ttlMs },
    notAfter: sessionEndsAt,
  });
  const tokenHash = refreshTokenHash(secret);
  if (await useUp(execute, { tokenHash, clientHash, successorEnc: sealSuccessor(secret, next.secret), now })) {
    await insertRefreshToken(execute, next.row);
    return { secret: next.secret, expiresAt: next.row.expiresAt, sessionEndsAt, orgId };
  }
  const used = await findUsed(execute, tokenHash);
  if (used === null) return 'expired';
  const isRecent = now.getTime() - used.usedAt.getTime() <= successorLifeMs;
  if (!isRecent || used.clientHash !== clientHash || used.successorEnc === null) return 'reused';
  const same = openSuccessor(secret, used.successorEnc);
  const expiresAt = same === null ? null : await expiryOf(execute, refreshTokenHash(same));
  return same === null || expiresAt === null ? 'reused' : { secret: same, expiresAt, sessionEndsAt, orgId };
}
