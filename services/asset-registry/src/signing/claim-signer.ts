import { z } from 'zod';
import { createBatcher } from '../batching/batcher.ts';
import { accountDisabled } from './account-disabled.ts';
import type { IdentityClient } from './identity-client.ts';
import { signingUnavailable } from './signing-unavailable.ts';

export interface SigningRequest {
  actorId: string;
  keyId: string;
  /** The bytes to sign. */
  data: Buffer;
  /** Whether it tells others of an end, and so is to be signed after the actor's own, too. */
  farewell?: boolean;
}

export interface ClaimSigner {
  /**
   * The Ed25519 signature (64 bytes) of the actor's key. Requests that come at the same time travel together.
   *
   * @throws KeyChanged when `keyId` is not the present key
   * @throws AppError 503 `signing_unavailable` after two seconds at most, 403 `account_disabled`
   */
  sign(request: SigningRequest): Promise<Buffer>;
}

/** The actor has another key now: the claim has to be composed anew. */
export class KeyChanged extends Error {
  override name = 'KeyChanged';
}

/** identity takes no more in one call. */
const maxItems = 100;
const maxInFlight = 4;
const patienceMs = 10;
const defaultTimeoutMs = 2_000;

const resultSchema = z.union([
  z.object({ key_id: z.string(), signature: z.string() }),
  z.object({ error: z.object({ status: z.number(), code: z.string() }) }),
]);
const answerSchema = z.object({ signatures: z.array(resultSchema) });
type Result = z.output<typeof resultSchema>;

export function createClaimSigner(identity: IdentityClient, timeoutMs = defaultTimeoutMs): ClaimSigner {
  const batcher = createBatcher<SigningRequest, Result>({
    maxItems,
    maxInFlight,
    patienceMs,
    timeoutMs,
    send: (requests, remainingMs) => signBatch(identity, requests, remainingMs),
  });
  return {
    async sign(request) {
      const result = await batcher.add(request).catch((error: unknown) => {
        throw signingUnavailable(error);
      });
      return signatureOf(request, result);
    },
  };
}

async function signBatch(identity: IdentityClient, requests: SigningRequest[], remainingMs: number): Promise<Result[]> {
  const items = requests.map(({ actorId, keyId, data, farewell }) => ({
    actor_id: actorId,
    key: 'ed25519',
    key_id: keyId,
    data: data.toString('base64'),
    ...(farewell === true && { farewell }),
  }));
  const body = JSON.stringify({ items });
  const answer = await identity.request('POST', '/internal/sign', { body, timeoutMs: remainingMs });
  if (answer.status !== 200) throw new Error(`identity answered ${answer.status} to a signing batch`);
  const { signatures } = answerSchema.parse(answer.body);
  if (signatures.length !== requests.length) throw new Error('identity gave another number of signatures than asked');
  return signatures;
}

function signatureOf(request: SigningRequest, result: Result): Buffer {
  if ('error' in result) {
    const { code, status } = result.error;
    if (code === 'key_changed') throw new KeyChanged();
    if (status === 403) throw accountDisabled();
    throw signingUnavailable(new Error(`identity cannot sign for ${request.actorId}: ${code}`));
  }
  const signature = Buffer.from(result.signature, 'base64');
  if (result.key_id === request.keyId && signature.length === 64) return signature;
  throw signingUnavailable(new Error(`identity's signature is not one of ${request.keyId}`));
}
