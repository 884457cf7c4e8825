/** A session that is valid, of an actor that is active. */
export interface LiveSession {
  id: string;
  actorId: string;
  orgId: string | null;
  method: string;
  createdAt: Date;
  expiresAt: Date;
}

/** Any session that was not pruned yet. */
export interface KnownSession extends LiveSession {
  /** Valid, not expired, and of an active actor. */
  isLive: boolean;
  /** Why it has ended, once it has: `logout`, … */
  endReason: string | null;
  username: string;
}

/** What its owner is shown of a session. */
export interface ListedSession {
  id: string;
  method: string;
  ip: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastActivityAt: Date;
  expiresAt: Date;
}
