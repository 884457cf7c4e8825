import { unauthorized, WWW_AUTHENTICATE, type Assertion } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { Request } from 'express';
import type { AccessTokens } from '../tokens/access-token.ts';
import { introspect, type IntrospectDeps } from './introspect.ts';

/** Who calls, by which session. */
export interface Caller {
  actorId: string;
  orgId: string | null;
  method: string;
  sessionId: string | null;
  scopes: string[];
}

export interface AuthenticateDeps extends IntrospectDeps {
  tokens: AccessTokens;
}

/**
 * The caller of one of auth's own routes: as the gateway asserts, else by the raw Bearer credential, which people send who call
 * auth's port themselves (credentials.md §1).
 *
 * @throws AppError 401 `unauthorized` for nobody, 401 `invalid_token` for a credential that is not good
 */
export async function authenticate(deps: AuthenticateDeps, req: Request): Promise<Caller> {
  if (req.assertion !== undefined) return callerOf(req.assertion);
  const header = req.headers.authorization;
  if (header === undefined) throw unauthorized();
  const token = /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
  if (token === undefined) throw invalidToken();
  // A session's secret has no dots, a JWT has two.
  return token.includes('.') ? await byAccessToken(deps, token) : await bySessionToken(deps, token);
}

async function byAccessToken(deps: AuthenticateDeps, token: string): Promise<Caller> {
  const claims = deps.tokens.verify(token);
  // The session is the root of trust: its end is the token's.
  const session = claims === null ? null : await deps.sessions.findById(claims.sid, deps.now());
  if (claims === null || session?.actorId !== claims.sub) throw invalidToken();
  return { actorId: claims.sub, orgId: claims.org, method: 'bearer', sessionId: claims.sid, scopes: claims.scopes };
}

async function bySessionToken(deps: AuthenticateDeps, token: string): Promise<Caller> {
  const found = await introspect(deps, token);
  if (!found.active) throw invalidToken();
  return callerOf(found);
}

function callerOf(assertion: Assertion): Caller {
  const { actor, org_id: orgId, method, sid: sessionId, scopes } = assertion;
  return { actorId: actor.actor_id, orgId, method, sessionId, scopes };
}

function invalidToken(): AppError {
  const message = 'The token is not valid here. Sign in again to get a new one.';
  return new AppError('invalid_token', 401, message, { headers: { 'www-authenticate': WWW_AUTHENTICATE } });
}
