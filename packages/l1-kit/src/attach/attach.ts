import { KitError } from '../kit-error.ts';
import { issuerOf } from '../l2/token-issuer.ts';
import { verifyToken, type VerifyTokenDeps } from '../l2/verify-token.ts';
import type { Settings } from '../options.ts';
import type { RevocationList } from '../revocations/revocation-list.ts';
import type { SessionRepository } from '../sessions/session-repository.ts';
import type { Session } from '../sessions/session.ts';

export interface AttachDeps extends VerifyTokenDeps, Pick<Settings, 'l2Servers'> {
  revocations: RevocationList;
  sessions: SessionRepository;
}

/**
 * Lets somebody in with a token that L2 gave them. `before` is the secret of the session that the browser had: it ends, whoever it was. Resolves to the new
 * session and its secret; throws KitError when the token's L2 is none of ours, or does not vouch for it.
 */
export async function attach(
  deps: AttachDeps,
  token: unknown,
  before: string | undefined,
): Promise<{ secret: string; session: Session }> {
  if (typeof token !== 'string' || token === '')
    throw new KitError('token_missing', 400, 'The address lacks its auth_token. Go to your L2 and attach there.');
  const l2Server = issuerOf(token);
  if (!deps.l2Servers.has(l2Server))
    throw new KitError('l2_not_allowed', 403, `This server lets in nobody from ${l2Server}.`);
  const session = await verifyToken(deps, l2Server, token);
  if (await deps.revocations.has(session))
    throw new KitError('token_revoked', 401, `You have logged out at ${l2Server}. Attach there once more.`);
  if (before !== undefined) await deps.sessions.end(before);
  return { secret: await deps.sessions.create(session), session };
}
