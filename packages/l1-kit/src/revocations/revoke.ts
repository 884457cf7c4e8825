import { KitError } from '../kit-error.ts';
import type { Revoked, Settings } from '../options.ts';
import type { SessionRepository } from '../sessions/session-repository.ts';
import type { Session } from '../sessions/session.ts';
import type { SignedCall } from './read-call.ts';
import type { RevocationList } from './revocation-list.ts';

export interface RevokeDeps extends Pick<Settings, 'onRevoked' | 'onError'> {
  revocations: RevocationList;
  sessions: SessionRepository;
}

/** One token (`POST /auth/revoke`). Throws KitError 422. */
export function readTokenRevocation({ l2Server, body, at }: SignedCall): Revoked {
  const tokenHash = optionalText(body, 'token_hash', /^[0-9a-f]{64}$/);
  const jti = optionalText(body, 'jti', /^[\x21-\x7e]{1,128}$/);
  if (tokenHash === undefined && jti === undefined) throw invalid('token_hash', 'or jti is needed');
  return { l2Server, username: usernameOf(body), jti, tokenHash, reason: reasonOf(body), at };
}

/** All that a user has got so far (`POST /auth/revoke-user`). Throws KitError 422. */
export function readUserRevocation({ l2Server, body, at }: SignedCall): Revoked {
  const username = usernameOf(body);
  return { l2Server, username, jti: undefined, tokenHash: undefined, reason: reasonOf(body), at };
}

/** Puts a revocation in force: first the list, which every request reads, then the sessions. Repeating it changes nothing. */
export async function revoke(deps: RevokeDeps, revoked: Revoked): Promise<void> {
  const isNews = await deps.revocations.add(revoked);
  await deps.sessions.endOf(revoked.l2Server, revoked.username, (session) => concerns(revoked, session));
  if (isNews) await tell(deps, revoked);
}

async function tell({ onRevoked, onError }: RevokeDeps, revoked: Revoked): Promise<void> {
  try {
    await onRevoked(revoked);
  } catch (error) {
    onError(error);
  }
}

function concerns({ jti, tokenHash, at }: Revoked, session: Session): boolean {
  if (jti === undefined && tokenHash === undefined) return session.issuedAt <= at.getTime();
  return session.jti === jti || session.tokenHash === tokenHash;
}

function usernameOf(body: Record<string, unknown>): string {
  const username = optionalText(body, 'username', /^[^\u0000-\u001f\u007f]{1,256}$/);
  if (username === undefined) throw invalid('username', 'is missing');
  return username;
}

function reasonOf(body: Record<string, unknown>): string {
  return optionalText(body, 'reason', /^[\x20-\x7e]{1,64}$/) ?? 'revoked';
}

function optionalText(body: Record<string, unknown>, name: string, form: RegExp): string | undefined {
  const value = Object.hasOwn(body, name) ? (body[name] ?? undefined) : undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'string' && form.test(value)) return value;
  throw invalid(name, 'has another form than it should');
}

function invalid(name: string, what: string): KitError {
  return new KitError('invalid_body', 422, `${name} ${what}.`);
}
