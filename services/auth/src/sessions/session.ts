import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@artdag/service-kit';

/** Whence a session-creating request came. */
export interface ClientInfo {
  ip: string;
  userAgent: string | null;
}

/** A session at its birth: the only moment at which the secret is known. */
export interface NewSession {
  /** 32 random bytes, url-safe, without dots (a JWT has them). */
  secret: string;
  id: string;
  /** SHA-256 (hex) of the secret, which is what is stored. */
  tokenHash: string;
  actorId: string;
  orgId: string | null;
  /** How its owner signed in. */
  method: 'password' | 'mock';
  createdAt: Date;
  expiresAt: Date;
  client: ClientInfo;
}

export function newSession(o: {
  actorId: string;
  orgId: string | null;
  method: NewSession['method'];
  now: Date;
  ttlMs: number;
  client: ClientInfo;
}): NewSession {
  const secret = randomBytes(32).toString('base64url');
  const { actorId, orgId, method, client, now, ttlMs } = o;
  const expiresAt = new Date(now.getTime() + ttlMs);
  return {
    secret,
    id: newId('ses'),
    tokenHash: hashSecret(secret),
    actorId,
    orgId,
    method,
    createdAt: now,
    expiresAt,
    client,
  };
}

/** What `sessions.token` holds of a secret. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
