import { createHash, randomBytes } from 'node:crypto';
import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';

/** A row of `refresh_tokens` at its birth. */
export interface RefreshTokenRow {
  /** SHA-256 (hex) of the secret. */
  tokenHash: string;
  familyId: string;
  sessionId: string;
  actorId: string;
  clientHash: string;
  createdAt: Date;
  expiresAt: Date;
}

const maxUserAgent = 256;

/**
 * A new refresh token; only its hash is in the row.
 *
 * @param o.familyId of the token that it succeeds; without one a family begins
 * @param o.notAfter the end of its session, which it never outlives
 * @returns `secret`: 32 random bytes, url-safe, without dots
 */
export function newRefreshToken(o: {
  sessionId: string;
  actorId: string;
  familyId?: string | undefined;
  clientHash: string;
  now: Date;
  ttlMs: number;
  notAfter?: Date | undefined;
}): { secret: string; row: RefreshTokenRow } {
  const { sessionId, actorId, clientHash: client, now } = o;
  const secret = randomBytes(32).toString('base64url');
  const ends = Math.min(now.getTime() + o.ttlMs, o.notAfter?.getTime() ?? Infinity);
  const row = {
    tokenHash: refreshTokenHash(secret),
    familyId: o.familyId ?? newId('fam'),
    sessionId,
    actorId,
    clientHash: client,
    createdAt: now,
    expiresAt: new Date(ends),
  };
  return { secret, row };
}

/** Stores it, in the caller's transaction: the one that made its session, or that used up its predecessor. */
export async function insertRefreshToken(execute: Execute, row: RefreshTokenRow): Promise<void> {
  await execute(
    `INSERT INTO refresh_tokens (token_hash, family_id, session_id, actor_id, client_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz)`,
    [row.tokenHash, row.familyId, row.sessionId, row.actorId, row.clientHash, row.createdAt, row.expiresAt],
  );
}

/** What tells two tabs of one browser from somebody else (actor-sessions.md §8): SHA-256 (hex) of the user agent. */
export function clientHash(userAgent: string | null | undefined): string {
  return createHash('sha256')
    .update((userAgent ?? '').slice(0, maxUserAgent))
    .digest('hex');
}

export function refreshTokenHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
