import type { Assertion } from '@artdag/actor-context';
import type { AuthClient } from '../actors/auth-client.ts';

const recentMs = 5 * 60_000;

/** Whether the caller's session began within the last five minutes: refreshing it makes it no younger. */
export async function isRecentLogin(
  deps: { auth: Pick<AuthClient, 'findSession'>; now: () => Date },
  { actor, sid }: Assertion,
): Promise<boolean> {
  const session = sid === null ? null : await deps.auth.findSession(sid);
  return session?.actorId === actor.actor_id && session.startedAt.getTime() > deps.now().getTime() - recentMs;
}
