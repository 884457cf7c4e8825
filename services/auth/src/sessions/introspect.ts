import type { Assertion } from '@artdag/actor-context';
import { identityOf } from '../actors/actor-profile.ts';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { allScopes } from './scopes.ts';
import { hashSecret } from './session.ts';
import type { SessionRepository } from './session.repository.ts';

export interface IntrospectDeps {
  sessions: SessionRepository;
  profiles: ActorProfiles;
  now: () => Date;
}

/** Whom an opaque session token stands for, as the assertion that the gateway is to make of it. */
export type Introspection = ({ active: true; expires_at: string } & Assertion) | { active: false };

/** 32 random bytes, url-safe; whatever else is nobody's. */
const sessionSecret = /^[A-Za-z0-9_-]{43}$/;

export async function introspect(deps: IntrospectDeps, token: string): Promise<Introspection> {
  if (!sessionSecret.test(token)) return { active: false };
  const session = await deps.sessions.findByToken(hashSecret(token), deps.now());
  const profile = session === null ? null : await deps.profiles.fresh(session.actorId);
  if (session === null || profile === null) return { active: false };
  return {
    active: true,
    actor: identityOf(profile),
    username: profile.handle,
    org_id: session.orgId,
    scopes: [...allScopes],
    sid: session.id,
    jti: null,
    method: 'bearer',
    token_use: 'session',
    expires_at: session.expiresAt.toISOString(),
  };
}
