import type { IdentityClient, SignItem } from './identity-client.ts';

/** Signs in the name of the instance actor, by its RSA key. */
export interface InstanceSigner {
  /** The id of the key that signs now. Rejects when identity does not answer. */
  keyId(): Promise<string>;
  /** RSASSA-PKCS1-v1_5 with SHA-256. Rejects with KeyChanged, or when identity does not answer. */
  sign(keyId: string, bytes: Buffer): Promise<Buffer>;
}

/** Another key signs by now: ask for its id, and compose anew, as the signed bytes contain it. */
export class KeyChanged extends Error {
  override readonly name = 'KeyChanged';
}

interface Waiting {
  item: SignItem;
  resolve: (signature: Buffer) => void;
  reject: (error: unknown) => void;
}

const instanceActorId = 'service:instance';
/** Who looks for the key that signed a moment ago has to find it, so no copy lives longer. */
const FRESH_MS = 2_000;
/** What `POST /internal/sign` takes at once. */
const MAX_BATCH = 100;

/** What is asked for in one turn of the event loop is signed in calls of up to 100. */
export function createInstanceSigner(identity: IdentityClient, now: () => Date): InstanceSigner {
  let known: { keyId: Promise<string>; at: number } | undefined;
  let waiting: Waiting[] = [];

  const ask = async (): Promise<string> => {
    const keyId = await identity.signingKeyId(instanceActorId);
    if (keyId === undefined) throw new Error('The instance has no key yet.');
    return keyId;
  };

  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let i = 0; i < all.length; i += MAX_BATCH) void signBatch(identity, all.slice(i, i + MAX_BATCH));
  };

  return {
    keyId() {
      if (known !== undefined && now().getTime() - known.at < FRESH_MS) return known.keyId;
      const keyId = ask();
      known = { keyId, at: now().getTime() };
      keyId.catch(() => (known = undefined));
      return keyId;
    },
    sign: (keyId, bytes) =>
      new Promise<Buffer>((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush);
        const item = { actor_id: instanceActorId, key: 'rsa' as const, key_id: keyId, data: bytes.toString('base64') };
        waiting.push({ item, resolve, reject });
      }).catch((error: unknown) => {
        if (error instanceof KeyChanged) known = undefined;
        throw error;
      }),
  };
}

async function signBatch(identity: IdentityClient, batch: readonly Waiting[]): Promise<void> {
  try {
    const results = await identity.sign(batch.map(({ item }) => item));
    for (const [i, { resolve, reject }] of batch.entries()) {
      const result = results[i];
      if (result !== undefined && 'signature' in result) resolve(Buffer.from(result.signature, 'base64'));
      else reject(refusal(result?.error.code ?? 'no_answer'));
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function refusal(code: string): Error {
  const message = `identity refused to sign for the instance: ${code}`;
  return code === 'key_changed' ? new KeyChanged(message) : new Error(message);
}
