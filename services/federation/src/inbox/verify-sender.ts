import type { IncomingHttpHeaders } from 'node:http';
import { SignatureError, signatureKeyId, verifyRequest } from '@artdag/http-signatures';
import { AppError } from '@artdag/service-kit';
import { RemoteActorError } from '../remote-actors/fetch-remote-actor.ts';
import type { RemoteActor } from '../remote-actors/remote-actor.ts';
import type { RemoteKeys } from '../remote-actors/remote-keys.ts';

/** A POST to an inbox, with its body read. */
export interface InboxRequest {
  method: string;
  originalUrl: string;
  headers: IncomingHttpHeaders;
  rawHeaders: readonly string[];
  body: Buffer;
}

/** In the form of RFC 9421 §5.1: what a signature is wanted to cover. */
const ACCEPT_SIGNATURE = 'sig1=("@method" "@target-uri" "content-digest");created;keyid';

/** The keyId of the signature, nothing verified. Throws AppError 401. */
export function claimedKeyId(request: InboxRequest): string {
  try {
    return signatureKeyId(request);
  } catch (error) {
    throw refusal(error);
  }
}

export interface VerifyDeps {
  keys: RemoteKeys;
  now: () => Date;
  /** Hosts for which a signature may have been made. */
  authorities: readonly string[];
}

/**
 * Verifies the HTTP signature of an actor and answers with what we know of it. Nothing is fetched for a key on another origin than the
 * actor's: it cannot be the actor's.
 * Throws AppError 401 `signature_missing|signature_invalid|digest_mismatch|date_skew|key_unavailable|key_owner_mismatch`; the cause of
 * `key_unavailable` is a RemoteActorError.
 */
export async function verifySender(deps: VerifyDeps, request: InboxRequest, actor: string): Promise<RemoteActor> {
  if (URL.parse(claimedKeyId(request))?.origin !== new URL(actor).origin) throw ownerMismatch();
  const lookUp = deps.keys.forRequest();
  let owner: RemoteActor | undefined;
  const key = async (keyId: string, o: { fresh: boolean }) => {
    owner = await lookUp(keyId, o);
    return { publicKeyPem: owner.publicKeyPem, owner: owner.apId };
  };
  try {
    await verifyRequest({ ...request, now: deps.now(), key, authorities: deps.authorities });
  } catch (error) {
    throw refusal(error);
  }
  if (owner?.apId !== actor) throw ownerMismatch();
  return owner;
}

function ownerMismatch(): AppError {
  return new AppError('key_owner_mismatch', 401, "The signature's key is not the activity's actor's.");
}

/** What is not about the signature (a database that does not answer) stays what it is. */
function refusal(error: unknown): unknown {
  if (!(error instanceof SignatureError)) return error;
  const { code, message, cause } = error;
  if (code === 'key_unavailable' && !(cause instanceof RemoteActorError)) return cause ?? error;
  const headers = code === 'signature_missing' ? { 'accept-signature': ACCEPT_SIGNATURE } : {};
  return new AppError(code, 401, message, { headers, cause });
}
