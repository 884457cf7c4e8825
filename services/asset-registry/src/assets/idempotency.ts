import { hash } from 'node:crypto';
import { jcs } from '@artdag/claims';
import { AppError } from '@artdag/service-kit';

/** A request that its sender may repeat without a second effect. */
export interface IdempotentRequest {
  actorId: string;
  key: string;
  /** SHA-256 of what was asked, so that another request under the same key is told apart. */
  requestHash: string;
}

export interface StoredAnswer {
  requestHash: string;
  response: string;
}

export interface IdempotencyRepository {
  /** The stored answer that has not expired. An expired one is removed, so that its key is free again. */
  find(actorId: string, key: string): Promise<StoredAnswer | null>;
  /** Keeps an answer that nothing else is stored with, for 24 hours; false when there is one under that key. */
  keep(request: IdempotentRequest, status: number, response: string): Promise<boolean>;
  /** Removes all expired answers. */
  prune(): Promise<void>;
}

export const idempotencyKeyForm = /^[\x21-\x7e]{1,255}$/;

/**
 * @param asked the route with the names in its path, and what its body says
 * @throws AppError 400 `invalid_idempotency_key`
 */
export function idempotentRequest(
  header: string | string[] | undefined,
  actorId: string,
  asked: { route: string; body: unknown },
): IdempotentRequest | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !idempotencyKeyForm.test(header)) {
    throw new AppError('invalid_idempotency_key', 400, 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
  }
  return { actorId, key: header, requestHash: hash('sha256', `${asked.route}\n${jcs(asked.body)}`, 'hex') };
}

/** Another request under the same key is about to be stored. */
export function keyInUse(): AppError {
  return new AppError('idempotency_key_in_use', 409, 'A request with this Idempotency-Key is in progress; try again.');
}

/** What a request finds that was made already: the name or the key taken, the asset gone, its version another. */
const overtaken = new Set([409, 410, 412]);

/**
 * The stored answer of the same request, or what `work` answers. `work` stores its answer in its own transaction; when
 * another try under the same key was faster, its answer counts.
 *
 * @throws AppError 409 `idempotency_key_reused`, or what `work` throws
 */
export async function withIdempotency(
  repository: IdempotencyRepository,
  request: IdempotentRequest,
  work: () => Promise<string>,
): Promise<string> {
  const stored = await storedAnswer(repository, request);
  if (stored !== undefined) return stored;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || !overtaken.has(error.status)) throw error;
    const faster = await storedAnswer(repository, request);
    if (faster !== undefined) return faster;
    throw error;
  }
}

async function storedAnswer(
  repository: IdempotencyRepository,
  request: IdempotentRequest,
): Promise<string | undefined> {
  const stored = await repository.find(request.actorId, request.key);
  if (stored === null) return undefined;
  if (stored.requestHash === request.requestHash) return stored.response;
  throw new AppError(
    'idempotency_key_reused',
    409,
    'This Idempotency-Key was used for another request; take a new one.',
  );
}
