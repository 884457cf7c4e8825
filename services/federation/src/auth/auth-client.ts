import { z } from 'zod';
import { createAskService, type AskServiceOptions } from '../ask-service.ts';

/** What everybody may see of an actor, as auth has it. */
export interface PublicActor {
  actorId: string;
  /** Plain text. */
  displayName: string;
  status: 'active' | 'disabled' | 'deleted';
  /** `actors.version`. */
  version: number;
}

export interface AuthClient {
  /** Undefined for an actor unknown to auth. Rejects with AppError 503 `dependency_unavailable` when auth does not answer. */
  findActor(actorId: string): Promise<PublicActor | undefined>;
}

const actorSchema = z
  .object({
    actor_id: z.string(),
    display_name: z.string(),
    status: z.enum(['active', 'disabled', 'deleted']),
    version: z.int(),
  })
  .transform(({ actor_id: actorId, display_name: displayName, status, version }): PublicActor => {
    return { actorId, displayName, status, version };
  });

/** auth's internal API, as far as federation uses it. */
export function createAuthClient(o: Pick<AskServiceOptions, 'baseUrl' | 'assertionFor'>): AuthClient {
  const whenAway = 'The auth service does not answer; try again shortly.';
  const auth = createAskService({ ...o, service: 'auth', whenAway });
  return {
    findActor: (actorId) => auth.find(`/internal/actors/${encodeURIComponent(actorId)}`, actorSchema),
  };
}
