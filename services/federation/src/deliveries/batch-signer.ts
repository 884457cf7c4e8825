import type { IdentityClient, SignItem } from '../identity/identity-client.ts';

/** identity refused to sign. `keyId` is the actor's present key, when another one was asked for. */
export class SigningRefused extends Error {
  override readonly name = 'SigningRefused';
  readonly code: string;
  readonly status: number;
  readonly keyId: string | undefined;

  constructor(error: { code: string; status: number; key_id?: string | undefined }) {
    super(`identity refused to sign: ${error.code}`);
    this.code = error.code;
    this.status = error.status;
    this.keyId = error.key_id;
  }
}

/** Signs bytes with an actor's RSA key, with `farewell` after the actor's end too. Rejects with SigningRefused, or with AppError 503 when identity does not answer. */
export type Sign = (by: { actorId: string; keyId: string; farewell: boolean }, bytes: Buffer) => Promise<Buffer>;

interface Waiting {
  item: SignItem;
  resolve: (signature: Buffer) => void;
  reject: (error: unknown) => void;
}

/** What `POST /internal/sign` takes at once. */
const MAX_BATCH = 100;

/** Gathers what is asked for in one turn of the event loop into calls of up to 100 signatures. */
export function createBatchSigner(identity: Pick<IdentityClient, 'sign'>): Sign {
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let i = 0; i < all.length; i += MAX_BATCH) void signBatch(identity, all.slice(i, i + MAX_BATCH));
  };

  return ({ actorId, keyId, farewell }, bytes) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      const what = { actor_id: actorId, key: 'rsa' as const, key_id: keyId, data: bytes.toString('base64') };
      const item: SignItem = farewell ? { ...what, farewell } : what;
      waiting.push({ item, resolve, reject });
    });
}

async function signBatch(identity: Pick<IdentityClient, 'sign'>, batch: readonly Waiting[]): Promise<void> {
  try {
    const results = await identity.sign(batch.map(({ item }) => item));
    for (const [i, { resolve, reject }] of batch.entries()) {
      const result = results[i];
      if (result !== undefined && 'signature' in result) resolve(Buffer.from(result.signature, 'base64'));
      else reject(new SigningRefused(result?.error ?? { code: 'no_answer', status: 503 }));
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
