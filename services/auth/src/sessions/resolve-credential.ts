import type { Assertion } from '@artdag/actor-context';
import type { AccessTokens } from '../tokens/access-token.ts';
import type { Carried } from './carried-credentials.ts';
import { allScopes } from '@artdag/actor-context';
import { hashSecret } from './session.ts';
import type { KnownSession } from './stored-session.ts';

/** Who calls, and how. */
export interface Caller {
  actorId: string;
  orgId: string | null;
  /** `bearer`, `cookie`, `api_key`, … */
  method: string;
  /** Null for the credentials of programs: only people have sessions. */
  sessionId: string | null;
  scopes: readonly string[];
  jti: string | null;
}

export interface ResolveDeps {
  /** Ended ones too. */
  sessions: {
    knownByToken(tokenHash: string, now: Date): Promise<KnownSession | null>;
    knownById(sessionId: string, now: Date): Promise<KnownSession | null>;
  };
  tokens: AccessTokens;
  /** Whom an API key stands for; null for one that is none, or dead. */
  resolveApiKey: (key: string) => Promise<Assertion | null>;
  /** Likewise for an API token's JWT. */
  resolveApiToken: (token: string) => Promise<Assertion | null>;
  /** The reasons of those ids that were taken back by themselves. */
  deniedAmong: (ids: readonly string[]) => Promise<Record<string, string>>;
  now: () => Date;
}

export type Resolved =
  | { state: 'live'; caller: Caller }
  /** Once good, and ended by a logout: whoever repeats that logout succeeds. */
  | { state: 'logged_out'; actorId: string; sessionId: string }
  | { state: 'dead' };

/** 32 random bytes, url-safe; whatever else is nobody's. */
const sessionSecret = /^[A-Za-z0-9_-]{43}$/;
const dead: Resolved = { state: 'dead' };

/** Whom a raw credential stands for, as the database has it at this moment. */
export async function resolveCredential(deps: ResolveDeps, carried: Carried): Promise<Resolved> {
  const { carrier, secret } = carried;
  if (carrier === 'api_key') return ofProgram(await deps.resolveApiKey(secret));
  // A session's secret has no dots, a JWT has two.
  if (!secret.includes('.')) {
    if (!sessionSecret.test(secret)) return dead;
    const session = await deps.sessions.knownByToken(hashSecret(secret), deps.now());
    return ofSession(session, carrier, { scopes: allScopes, orgId: session?.orgId ?? null, jti: null });
  }
  const claims = await deps.tokens.verify(secret);
  if (claims === null) return carrier === 'bearer' ? ofProgram(await deps.resolveApiToken(secret)) : dead;
  // The session is the root of trust: its end is the token's.
  const session = await deps.sessions.knownById(claims.sid, deps.now());
  if (session?.actorId !== claims.sub) return dead;
  if (claims.jti in (await deps.deniedAmong([claims.jti]))) return dead;
  return ofSession(session, carrier, { scopes: claims.scopes, orgId: claims.org, jti: claims.jti });
}

export function callerOf(assertion: Assertion): Caller {
  const { actor, org_id: orgId, method, sid: sessionId, scopes, jti } = assertion;
  return { actorId: actor.actor_id, orgId, method, sessionId, scopes, jti };
}

function ofProgram(assertion: Assertion | null): Resolved {
  return assertion === null ? dead : { state: 'live', caller: callerOf(assertion) };
}

function ofSession(
  session: KnownSession | null,
  method: string,
  credential: Pick<Caller, 'scopes' | 'orgId' | 'jti'>,
): Resolved {
  if (session === null) return dead;
  const { actorId, id: sessionId } = session;
  if (session.isLive) return { state: 'live', caller: { actorId, method, sessionId, ...credential } };
  return session.endReason === 'logout' ? { state: 'logged_out', actorId, sessionId } : dead;
}
