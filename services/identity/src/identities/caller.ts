import { forbidden, isSession, type Assertion } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { AuthClient } from '../actors/auth-client.ts';
import { isMSign } from '../public-keys/caller.ts';
import { isRecentLogin } from '../public-keys/recent-login.ts';

/**
 * For changes of identities and agents: people do that, themselves.
 *
 * @throws AppError 403 `forbidden` for agents and services, 403 `session_required` for people's API keys and API tokens
 */
export function refuseAllButPeople(caller: Assertion): void {
  if (caller.actor.actor_type !== 'human') throw forbidden();
  if (isMSign(caller) || isSession(caller)) return;
  const message = 'API keys and API tokens change no identities; sign the request with a public key, or sign in.';
  throw new AppError('session_required', 403, message);
}

/**
 * For what cannot be undone: a signed request, or a login of a moment ago, so that a session that was left open is not enough.
 *
 * @throws AppError 403 `recent_login_required`
 */
export async function refuseOldLogin(
  deps: { auth: Pick<AuthClient, 'findSession'>; now: () => Date },
  caller: Assertion,
): Promise<void> {
  if (isMSign(caller) || caller.sid === null) return;
  if (await isRecentLogin(deps, caller)) return;
  const message = 'This takes a login of the last five minutes; log in again.';
  throw new AppError('recent_login_required', 403, message);
}
