import { z } from 'zod';
import type { IdentityClient } from '../signing/identity-client.ts';

const timeoutMs = 5_000;
const answerSchema = z.object({ username: z.string().min(1) });

/**
 * The name in an actor's address, which identity keeps with its keys, also after its end. Null for an actor that identity has never heard of: it
 * has signed no claim.
 *
 * @throws Error when identity does not say
 */
export async function usernameOf(identity: IdentityClient, actorId: string): Promise<string | null> {
  const path = `/internal/identity/actor-keys/${encodeURIComponent(actorId)}?kind=ed25519`;
  const { status, body } = await identity.request('GET', path, { timeoutMs });
  if (status === 404) return null;
  if (status !== 200) throw new Error(`identity answered ${status} about ${actorId}`);
  return answerSchema.parse(body).username;
}
