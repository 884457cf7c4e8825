import { z } from 'zod';

export interface SignItem {
  actor_id: string;
  key: 'rsa';
  key_id: string;
  /** Base64 of the bytes to sign. */
  data: string;
}

/** A signature in base64, or why there is none. */
export type SignResult = { signature: string } | { error: { code: string } };

/** identity's internal API, as far as this service uses it. */
export interface IdentityClient {
  /** At most 100 items; results in the same order. Rejects when identity does not answer. */
  sign(items: readonly SignItem[]): Promise<SignResult[]>;
  /** The id of the RSA key that signs now, made at the first call; undefined for an actor unknown to identity. Rejects like `sign`. */
  signingKeyId(actorId: string): Promise<string | undefined>;
}

export interface IdentityClientOptions {
  identityUrl: string;
  /** Makes the assertion that identity asks of its callers. */
  assertionFor: (audience: string) => Promise<string>;
}

const TIMEOUT_MS = 5_000;

const signAnswer = z.object({
  signatures: z.array(
    z.union([z.object({ signature: z.string() }), z.object({ error: z.looseObject({ code: z.string() }) })]),
  ),
});
const keysAnswer = z.object({
  keys: z.array(z.looseObject({ key_id: z.string(), kind: z.string(), status: z.string() })),
});

export function createIdentityClient(o: IdentityClientOptions): IdentityClient {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { 'x-actor-assertion': await o.assertionFor('identity'), 'content-type': 'application/json' };
    return await fetch(`${o.identityUrl}${path}`, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  };
  return {
    async sign(items) {
      const answer = await call('/internal/sign', { method: 'POST', body: JSON.stringify({ items }) });
      const { signatures } = signAnswer.parse(await read(answer));
      if (signatures.length !== items.length) throw new Error('identity answered another number of signatures');
      return signatures;
    },
    async signingKeyId(actorId) {
      const answer = await call(`/internal/identity/actor-keys/${encodeURIComponent(actorId)}`);
      if (answer.status === 404) {
        await answer.body?.cancel();
        return undefined;
      }
      const { keys } = keysAnswer.parse(await read(answer));
      return keys.find(({ kind, status }) => kind === 'rsa' && status === 'primary')?.key_id;
    },
  };
}

async function read(answer: Response): Promise<unknown> {
  if (!answer.ok) throw new Error(`identity answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  return await answer.json();
}
