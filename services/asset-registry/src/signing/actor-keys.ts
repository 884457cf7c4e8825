import { z } from 'zod';
import { accountDisabled } from './account-disabled.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { IdentityClient } from './identity-client.ts';
import { signingUnavailable } from './signing-unavailable.ts';

/** What a claim has to say about the key that will sign it. */
export interface SigningKey {
  username: string;
  /** `{ap_id}#ed25519-key`. */
  keyId: string;
}

export interface ActorKeys {
  /**
   * The actor's present Ed25519 key, kept until it is forgotten. Callers who come meanwhile share one look-up.
   *
   * @throws AppError 503 `signing_unavailable`, 403 `account_disabled`
   */
  get(actorId: string): Promise<SigningKey>;
  /** With `stale`, only if that is still what is kept: of many that find a key changed, the first one's look-up serves all. */
  forget(actorId: string, stale?: SigningKey): void;
  forgetAll(): void;
}

const keySetSchema = z.object({
  username: z.string(),
  keys: z.array(z.object({ key_id: z.string(), kind: z.string(), status: z.string() })),
});

const maxActors = 20_000;
const defaultTimeoutMs = 2_000;

interface Held {
  lookedUp: Promise<SigningKey>;
  /** Once it is there. */
  key?: SigningKey;
}

export function createActorKeys(identity: IdentityClient, publicUrl: string, timeoutMs = defaultTimeoutMs): ActorKeys {
  const known = createBoundedMap<Held>(maxActors);
  return {
    get(actorId) {
      const found = known.get(actorId);
      if (found) return found.lookedUp;
      const held: Held = { lookedUp: lookUp(identity, publicUrl, actorId, timeoutMs) };
      known.set(actorId, held);
      held.lookedUp.then(
        (key) => (held.key = key),
        () => known.delete(actorId, held),
      );
      return held.lookedUp;
    },
    forget(actorId, stale) {
      const held = known.get(actorId);
      if (held && (stale === undefined || held.key === stale)) known.delete(actorId, held);
    },
    forgetAll: () => known.clear(),
  };
}

async function lookUp(
  identity: IdentityClient,
  publicUrl: string,
  actorId: string,
  timeoutMs: number,
): Promise<SigningKey> {
  const path = `/internal/identity/actor-keys/${encodeURIComponent(actorId)}?kind=ed25519`;
  const answer = await identity.request('GET', path, { timeoutMs }).catch((error: unknown) => {
    throw signingUnavailable(error);
  });
  if (answer.status !== 200) throw signingUnavailable(new Error(`identity answered ${answer.status} about ${actorId}`));
  const keySet = keySetSchema.safeParse(answer.body);
  if (!keySet.success) throw signingUnavailable(keySet.error);
  const { username, keys } = keySet.data;
  const key = keys.find(({ kind, status }) => kind === 'ed25519' && status === 'primary');
  // Keys that were there are kept for old claims when an account ends, but none is primary or made any more.
  if (key === undefined) throw accountDisabled();
  if (!key.key_id.startsWith(`${publicUrl}/users/${username}#`)) {
    const problem = `identity's key ${key.key_id} is not of ${publicUrl}: ARTDAG_DOMAIN and PUBLIC_SCHEME must be the same for both`;
    throw signingUnavailable(new Error(problem));
  }
  return { username, keyId: key.key_id };
}
