import { z } from 'zod';
import type { ActorKey } from '../actors/actor-keys.ts';
import { createAskService, type AskServiceOptions } from '../ask-service.ts';

export interface SignItem {
  actor_id: string;
  key: 'rsa' | 'ed25519';
  key_id: string;
  /** Base64 of the bytes to sign. */
  data: string;
  /** It tells of an end, and is to be signed after the actor's own too. */
  farewell?: boolean;
}

/** A signature in base64, or why there is none; `key_id` in an error is the present one (`key_changed`). */
export type SignResult =
  { signature: string } | { error: { code: string; status: number; key_id?: string | undefined } };

/** What an actor says of itself. */
export interface PublicProfile {
  actorId: string;
  /** Plain text, with line ends. */
  bio: string | null;
  avatarUrl: string | null;
  websiteUrl: string | null;
  version: number;
}

export interface IdentityClient {
  /** At most 100 items; results in the same order. Rejects with AppError 503 when identity does not answer. */
  sign(items: readonly SignItem[]): Promise<SignResult[]>;
  /** Public keys and the version of the set; undefined for an actor unknown to identity. Rejects like `sign`. */
  actorKeys(actorId: string): Promise<{ keys: ActorKey[]; version: number } | undefined>;
  /** Undefined for an actor without an identity, or one that has ended. Rejects like `sign`. */
  profile(actorId: string): Promise<PublicProfile | undefined>;
}

const signed = z.union([
  z.object({ signature: z.string() }),
  z.object({ error: z.looseObject({ code: z.string(), status: z.number(), key_id: z.string().optional() }) }),
]);

const keysAnswer = z.object({
  version: z.int(),
  keys: z.array(
    z.object({
      key_id: z.string(),
      kind: z.enum(['rsa', 'ed25519']),
      status: z.enum(['primary', 'retired', 'compromised']),
      public_key_pem: z.string(),
      public_key_multibase: z.string().optional(),
    }),
  ),
});

const webUrl = z.url({ protocol: /^https?$/ }).nullable();
const profileAnswer = z
  .object({
    ...{ actor_id: z.string(), bio: z.string().nullable(), avatar_url: webUrl, website_url: webUrl },
    version: z.int(),
  })
  .transform(({ actor_id: actorId, bio, avatar_url: avatarUrl, website_url: websiteUrl, version }): PublicProfile => {
    return { actorId, bio, avatarUrl, websiteUrl, version };
  });

/** identity's internal API, as far as federation uses it. */
export function createIdentityClient(o: Pick<AskServiceOptions, 'baseUrl' | 'assertionFor'>): IdentityClient {
  const whenAway = 'The key service does not answer; try again shortly.';
  const identity = createAskService({ ...o, service: 'identity', whenAway });
  return {
    async sign(items) {
      const { signatures } = await identity.ask('/internal/sign', answerTo(items), { items });
      return signatures;
    },
    actorKeys: (actorId) => identity.find(`/internal/identity/actor-keys/${encodeURIComponent(actorId)}`, keysAnswer),
    profile: (actorId) => identity.find(`/internal/identity/profiles/${encodeURIComponent(actorId)}`, profileAnswer),
  };
}

function answerTo({ length }: readonly SignItem[]) {
  return z.object({ signatures: z.array(signed).length(length) });
}
