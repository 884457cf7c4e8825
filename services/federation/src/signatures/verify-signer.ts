import type { IncomingHttpHeaders } from 'node:http';
import { acceptSignatureHeader, SignatureError, signatureKeyIds, verifyRequest } from '@artdag/http-signatures';
import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';
import type { SignatureMetrics } from '../metrics.ts';
import { FetchesBusyError } from '../remote-actors/fetch-gate.ts';
import { RemoteActorError } from '../remote-actors/fetch-remote-actor.ts';
import { keyPem, type RemoteActor } from '../remote-actors/remote-actor.ts';
import type { RemoteKeys } from '../remote-actors/remote-keys.ts';

/** A request of a stranger, with its body read. */
export interface SignedRequest {
  method: string;
  originalUrl: string;
  headers: IncomingHttpHeaders;
  rawHeaders: readonly string[];
  body: Buffer;
}

export interface VerifyDeps {
  keys: RemoteKeys;
  now: () => Date;
  /** Hosts for which a signature may have been made. */
  authorities: readonly string[];
  /** Of our own URLs. */
  publicScheme: 'https' | 'http';
  signatureMetrics: SignatureMetrics;
}

/** What a signature by RFC 9421 is asked to cover, with a body and without. */
const WANTED = {
  withBody: acceptSignatureHeader(['@method', '@target-uri', 'content-digest']),
  bodiless: acceptSignatureHeader(['@method', '@target-uri']),
};
/** Where another signature might help. */
const ASKS_ANEW = new Set(['signature_missing', 'signature_invalid', 'digest_mismatch']);

/** The keyIds of the signatures, nothing verified. Throws AppError 401. */
export function claimedKeyIds(request: SignedRequest): string[] {
  try {
    return signatureKeyIds(request);
  } catch (error) {
    throw refusal(request, error);
  }
}

/**
 * Verifies the HTTP signature of a request, in either scheme, and answers with what we know of the actor who made it. `mayBe` decides by the keyId, before
 * anything is fetched, whether it can be the one who is wanted; of several signatures such a one is taken.
 * Throws AppError 401 `signature_missing|signature_invalid|digest_mismatch|date_skew|key_unavailable|key_owner_mismatch`; the cause of
 * `key_unavailable` is a RemoteActorError.
 */
export async function verifySigner(
  deps: VerifyDeps,
  request: SignedRequest,
  mayBe: (keyId: string) => boolean,
): Promise<RemoteActor> {
  const scheme = 'signature-input' in request.headers ? 'rfc9421' : 'draft-cavage';
  try {
    const owner = await ownerOfSignature(deps, request, mayBe);
    deps.signatureMetrics.verified(scheme, 'verified');
    return owner;
  } catch (error) {
    if (error instanceof AppError) deps.signatureMetrics.verified(scheme, error.code);
    throw error;
  }
}

async function ownerOfSignature(
  deps: VerifyDeps,
  request: SignedRequest,
  mayBe: (keyId: string) => boolean,
): Promise<RemoteActor> {
  const lookUp = deps.keys.forRequest();
  let owner: RemoteActor | undefined;
  const key = async (keyId: string, o: { fresh: boolean }) => {
    if (!mayBe(keyId)) throw ownerMismatch();
    owner = await lookUp(keyId, o);
    return { publicKeyPem: keyPem(owner, keyId) ?? '', owner: owner.apId };
  };
  const { now, authorities, publicScheme: scheme } = deps;
  try {
    await verifyRequest({ ...request, now: now(), key, authorities, scheme, prefers: mayBe });
  } catch (error) {
    throw refusal(request, error);
  }
  if (owner === undefined) throw ownerMismatch();
  return owner;
}

export function ownerMismatch(): AppError {
  return new AppError('key_owner_mismatch', 401, "The signature's key is not the activity's actor's.");
}

/** What is not about the signature (a database that does not answer) stays what it is. */
function refusal({ method, body }: SignedRequest, error: unknown): unknown {
  if (!(error instanceof SignatureError)) return error;
  const { code, message, cause } = error;
  if (code === 'key_unavailable' && !(cause instanceof RemoteActorError)) return cause ?? error;
  const bodiless = /^(get|head)$/i.test(method) && body.length === 0;
  const wanted = bodiless ? WANTED.bodiless : WANTED.withBody;
  return new AppError(code, 401, message, {
    headers: {
      ...(ASKS_ANEW.has(code) && { 'accept-signature': wanted }),
      ...(cause instanceof FetchesBusyError && { 'retry-after': String(RETRY_AFTER_SECONDS) }),
    },
    cause,
  });
}
