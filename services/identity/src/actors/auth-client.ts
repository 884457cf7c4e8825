import type { AssertionSigner } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import { z } from 'zod';

/** What identity needs to know of an actor. */
export interface KnownActor {
  username: string;
  status: 'active' | 'disabled' | 'deleted';
}

export interface AuthClient {
  /** Null when auth knows no such actor. @throws AppError 503 `dependency_unavailable` when auth does not answer. */
  findActor(actorId: string): Promise<KnownActor | null>;
}

const actorSchema = z.object({ username: z.string().min(1), status: z.enum(['active', 'disabled', 'deleted']) });
const timeoutMs = 2000;

export function createAuthClient(o: { authUrl: string; assertions: AssertionSigner }): AuthClient {
  return {
    async findActor(actorId) {
      try {
        const response = await fetch(`${o.authUrl}/internal/actors/${encodeURIComponent(actorId)}`, {
          headers: { 'X-Actor-Assertion': await o.assertions.forService('auth') },
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (response.status === 404) {
          await response.body?.cancel();
          return null;
        }
        if (!response.ok) throw new Error(`auth answered ${response.status} for an actor`);
        return actorSchema.parse(await response.json());
      } catch (error) {
        const message = 'The auth service could not be asked about an actor.';
        throw new AppError('dependency_unavailable', 503, message, { headers: { 'Retry-After': '2' }, cause: error });
      }
    },
  };
}
