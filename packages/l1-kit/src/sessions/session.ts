/** Who is signed in. */
export interface L1User {
  username: string;
  actorId: string;
  displayName: string;
  /** The L2 that they come from: usernames are unique there only. */
  l2Server: string;
  scopes: string[];
  jti: string;
  expiresAt: Date;
}

/** What is kept of a browser's session; the token never leaves the store but to its own L2. */
export interface Session {
  token: string;
  tokenHash: string;
  jti: string;
  username: string;
  actorId: string;
  displayName: string;
  l2Server: string;
  scopes: string[];
  /** Milliseconds since 1970, as the following. */
  issuedAt: number;
  expiresAt: number;
  /** When L2 last said that the token is good. */
  verifiedAt: number;
}

export function userOfSession(session: Session): L1User {
  const { username, actorId, displayName, l2Server, scopes, jti, expiresAt } = session;
  return { username, actorId, displayName, l2Server, scopes: [...scopes], jti, expiresAt: new Date(expiresAt) };
}
