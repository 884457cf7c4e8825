import type { Carried } from './carried-credentials.ts';
import { endSession, type EndSessionDeps } from './end-session.ts';
import { resolveCredential, type Caller, type ResolveDeps } from './resolve-credential.ts';

export type LogoutDeps = EndSessionDeps & ResolveDeps;

export interface Logout {
  all: boolean;
  ip: string;
  requestId: string;
}

/** Whom a logout is for: somebody who is signed in, or was until a logout. */
export type LeavingCaller = Pick<Caller, 'actorId' | 'sessionId' | 'jti'>;

/** The first credential that stands, or once stood, for somebody; with it how it came. Null for none, or dead ones only. */
export async function findLeaving(
  deps: ResolveDeps,
  carried: readonly Carried[],
): Promise<{ caller: LeavingCaller; isLive: boolean; by: Carried } | null> {
  let left: { caller: LeavingCaller; isLive: boolean; by: Carried } | null = null;
  for (const by of carried) {
    const resolved = await resolveCredential(deps, by);
    if (resolved.state === 'live') return { caller: resolved.caller, isLive: true, by };
    if (resolved.state === 'logged_out') left ??= { caller: { ...resolved, jti: null }, isLive: false, by };
  }
  return left;
}

/**
 * Logs somebody out: the session of the credential and the L1 tokens, or with `all` every session. A key or a token has no session of
 * its own. Whoever a logout has ended before waits until it is in force, and is then told that it is.
 */
export async function logout(
  deps: LogoutDeps,
  { caller, isLive }: { caller: LeavingCaller; isLive: boolean },
  o: Logout,
): Promise<void> {
  const { actorId, sessionId, jti } = caller;
  // A credential that is no good any more ends nothing but itself.
  const all = o.all && isLive;
  const which = all ? ({ all: true } as const) : sessionId === null ? ({ none: true } as const) : { only: sessionId };
  await endSession(deps, {
    ...{ actorId, which, reason: 'logout', by: { actorId, ip: o.ip, requestId: o.requestId } },
    jtis: jti === null || sessionId === null ? [] : [jti],
  });
}
