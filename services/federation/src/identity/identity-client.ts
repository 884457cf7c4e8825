import { AppError } from '@artdag/service-kit';
import { z } from 'zod';
import type { ActorKey } from '../actors/actor-keys.ts';

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

export interface IdentityClient {
  /** At most 100 items; results in the same order. Rejects with AppError 503 when identity does not answer. */
  sign(items: readonly SignItem[]): Promise<SignResult[]>;
  /** Public keys and the version of the set; undefined for an actor unknown to identity. Rejects like `sign`. */
  actorKeys(actorId: string): Promise<{ keys: ActorKey[]; version: number } | undefined>;
}

export interface IdentityClientOptions {
  identityUrl: string;
  /** Makes the assertion that identity asks of its callers. */
  assertionFor: (audience: string) => Promise<string>;
  timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;

const signed = z.union([
  z.object({ signature: z.string() }),
  z.object({ error: z.looseObject({ code: z.string(), status: z.number(), key_id: z.string().optional() }) }),
]);
const signAnswer = z.object({ signatures: z.array(signed) });

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

/** identity's internal API, as far as federation uses it. */
export function createIdentityClient(o: IdentityClientOptions): IdentityClient {
  const call = async (path: string, body?: unknown): Promise<Response> => {
    try {
      const assertion = await o.assertionFor('identity');
      const headers = {
        'x-actor-assertion': assertion,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const signal = AbortSignal.timeout(o.timeoutMs ?? TIMEOUT_MS);
      const init =
        body === undefined ? { headers, signal } : { method: 'POST', headers, signal, body: JSON.stringify(body) };
      return await fetch(`${o.identityUrl}${path}`, init);
    } catch (cause) {
      throw unavailable(cause);
    }
  };
  return {
    async sign(items) {
      const { signatures } = await read(await call('/internal/sign', { items }), signAnswer);
      if (signatures.length !== items.length)
        throw unavailable(new Error('identity answered another number of signatures'));
      return signatures;
    },
    async actorKeys(actorId) {
      const answer = await call(`/internal/identity/actor-keys/${encodeURIComponent(actorId)}`);
      if (answer.status === 404) {
        await answer.body?.cancel();
        return undefined;
      }
      return read(answer, keysAnswer);
    },
  };
}

async function read<S extends z.ZodType>(answer: Response, schema: S): Promise<z.output<S>> {
  try {
    if (!answer.ok) throw new Error(`identity answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
    return schema.parse(await answer.json());
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): AppError {
  const message = 'The key service does not answer; try again shortly.';
  return new AppError('dependency_unavailable', 503, message, { headers: { 'retry-after': '5' }, cause });
}
