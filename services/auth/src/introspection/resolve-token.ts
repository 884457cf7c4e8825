import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { allScopes } from '@artdag/actor-context';
import { hashSecret } from '../sessions/session.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { introspected, type Introspected } from './introspected.ts';

/** A session that is valid, of an actor that is active. */
interface LiveSession {
  id: string;
  actorId: string;
  orgId: string | null;
  expiresAt: Date;
}

export interface ResolveSessionDeps {
  sessions: {
    findByToken(tokenHash: string, now: Date): Promise<LiveSession | null>;
    findById(sessionId: string, now: Date): Promise<LiveSession | null>;
  };
  profiles: Pick<ActorProfiles, 'fresh'>;
  now: () => Date;
}

export interface ResolveTokenDeps extends ResolveSessionDeps {
  tokens: Pick<AccessTokens, 'verify'>;
  resolveApiKey: (key: string) => Promise<Introspected | null>;
  resolveApiToken: (token: string) => Promise<Introspected | null>;
  /** The reasons of those that were taken back. */
  deniedAmong: (ids: readonly string[]) => Promise<Record<string, string>>;
}

/** 32 random bytes, url-safe; whatever else is nobody's. */
const sessionSecret = /^[A-Za-z0-9_-]{43}$/;

/** Whom an opaque session token stands for at this moment; null for one that is none, or whose session has ended. */
export async function resolveSession(deps: ResolveSessionDeps, token: string): Promise<Introspected | null> {
  if (!sessionSecret.test(token)) return null;
  const session = await deps.sessions.findByToken(hashSecret(token), deps.now());
  const profile = session === null ? null : await deps.profiles.fresh(session.actorId);
  if (session === null || profile?.status !== 'active') return null;
  const { id: sid, orgId, expiresAt } = session;
  const made = { sid, jti: null, method: 'bearer', tokenUse: 'session', expiresAt } as const;
  return introspected(profile, { orgId, scopes: allScopes, ...made });
}

/** Likewise for a credential of any kind that is carried as text: a session, an API key, an access or an API token. */
export async function resolveToken(deps: ResolveTokenDeps, token: string): Promise<Introspected | null> {
  if (token.startsWith('dk_')) return await deps.resolveApiKey(token);
  if (!token.includes('.')) return await resolveSession(deps, token);
  return (await resolveAccess(deps, token)) ?? (await deps.resolveApiToken(token));
}

async function resolveAccess(deps: ResolveTokenDeps, token: string): Promise<Introspected | null> {
  const claims = await deps.tokens.verify(token);
  // The session is the root of trust: its end is the token's.
  const session = claims === null ? null : await deps.sessions.findById(claims.sid, deps.now());
  if (claims === null || session?.actorId !== claims.sub) return null;
  const { sub, jti, sid, org: orgId, scopes, exp } = claims;
  if (Object.keys(await deps.deniedAmong([jti, sid, sub])).length > 0) return null;
  const profile = await deps.profiles.fresh(sub);
  if (profile?.status !== 'active') return null;
  const expiresAt = new Date(exp * 1000);
  return introspected(profile, { orgId, scopes, sid, jti, method: 'bearer', tokenUse: 'access', expiresAt });
}
