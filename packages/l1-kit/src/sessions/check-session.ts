import { KitError } from '../kit-error.ts';
import { verifyToken, type VerifyTokenDeps } from '../l2/verify-token.ts';
import type { Settings } from '../options.ts';
import { revoke, type RevokeDeps } from '../revocations/revoke.ts';
import type { Session } from './session.ts';

export interface CheckSessionDeps extends VerifyTokenDeps, RevokeDeps, Pick<Settings, 'recheckMs' | 'staleMs'> {}

/** While L2 is away it is asked no more often, or every request would wait for the time limit. */
const pauseMs = 10_000;

export type CheckSession = (secret: string) => Promise<Session>;

/** Whose session it is, and that it is good now. The revocation list is read every time; L2 is asked at an interval, once for all who wait. */
export function createSessionCheck(deps: CheckSessionDeps): CheckSession {
  const asking = new Map<string, Promise<Session>>();
  const pausedUntil = new Map<string, number>();

  async function ask(secret: string, session: Session): Promise<Session> {
    const { l2Server, token } = session;
    try {
      const verified = await verifyToken(deps, l2Server, token);
      if ((await deps.sessions.find(secret)) !== undefined) await deps.sessions.update(secret, verified);
      return verified;
    } catch (error) {
      if (!(error instanceof KitError)) throw error;
      if (error.status >= 500) pausedUntil.set(l2Server, deps.now().getTime() + pauseMs);
      else await endSession(deps, secret, session, error);
      throw error;
    }
  }

  async function recheck(secret: string, session: Session): Promise<Session> {
    const now = deps.now().getTime();
    if (now < (pausedUntil.get(session.l2Server) ?? 0)) return whileAway(deps, session, undefined);
    const already = asking.get(secret);
    const asked = already ?? ask(secret, session).finally(() => asking.delete(secret));
    if (already === undefined) asking.set(secret, asked);
    try {
      return await asked;
    } catch (error) {
      if (error instanceof KitError && error.status >= 500) return whileAway(deps, session, error);
      if (error instanceof KitError) throw ended(session);
      throw error;
    }
  }

  return async (secret) => {
    const session = await deps.sessions.find(secret);
    const now = deps.now().getTime();
    if (session === undefined) throw new KitError('not_signed_in', 401, 'You are not signed in. Attach at your L2.');
    if (session.expiresAt <= now || (await deps.revocations.has(session))) {
      await deps.sessions.end(secret);
      throw ended(session);
    }
    const isFresh = now - session.verifiedAt < deps.recheckMs;
    const checked = isFresh ? session : await recheck(secret, session);
    // What came in while L2 was asked counts as well.
    if (!isFresh && (await deps.revocations.has(checked))) throw ended(session);
    return checked;
  };
}

/** Only "revoked" is remembered: every other no may turn into a yes. */
async function endSession(deps: CheckSessionDeps, secret: string, session: Session, error: KitError): Promise<void> {
  await deps.sessions.end(secret);
  if (error.code !== 'token_revoked') return;
  const { l2Server, username, jti, tokenHash } = session;
  await revoke(deps, { l2Server, username, jti, tokenHash, reason: 'verify', at: deps.now() });
}

function whileAway(deps: CheckSessionDeps, session: Session, cause: unknown): Session {
  if (deps.now().getTime() - session.verifiedAt < deps.staleMs) return session;
  const message = `${session.l2Server} has not answered for too long. Try again in a minute.`;
  throw new KitError('l2_unavailable', 503, message, { cause, headers: { 'retry-after': '60' } });
}

function ended(session: Session): KitError {
  return new KitError('session_ended', 401, `You are signed out. Attach at ${session.l2Server} once more.`);
}
