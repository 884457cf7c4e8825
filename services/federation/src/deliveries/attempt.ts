import { signRequest } from '@artdag/http-signatures';
import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';
import { AppError } from '@artdag/service-kit';
import { signingKey } from '../actors/actor-keys.ts';
import type { IdentityClient } from '../identity/identity-client.ts';
import { SigningRefused, type Sign } from './batch-signer.ts';
import type { Delivery, Outcome } from './delivery.ts';

export interface AttemptDeps {
  safeFetch: SafeFetch;
  sign: Sign;
  identity: Pick<IdentityClient, 'actorKeys'>;
  now: () => Date;
}

/** Until identity, or the actor's registration, is there. */
const WAIT_MS = 5_000;
const TIMEOUT_MS = 10_000;

/** Signs one job and sends it, once. Never rejects. */
export async function attempt(deps: AttemptDeps, job: Delivery): Promise<Outcome> {
  let headers: Record<string, string>;
  const body = Buffer.from(job.body);
  try {
    headers = await sign(deps, job, body);
  } catch (error) {
    return signingFailure(error);
  }
  try {
    const init = { method: 'POST', headers, body, timeoutMs: TIMEOUT_MS, maxRedirects: 0 };
    const { status } = await deps.safeFetch(job.inbox, init);
    return outcomeOf(status);
  } catch (error) {
    return sendingFailure(error);
  }
}

async function sign(deps: AttemptDeps, job: Delivery, body: Buffer): Promise<Record<string, string>> {
  const { sender } = job;
  if (sender === undefined) throw new Error(`${job.apActorId} is not registered here yet`);
  const { actorId } = sender;
  const signWith = (keyId: string) =>
    signRequest({
      method: 'POST',
      url: job.inbox,
      body,
      keyId,
      headers: { 'content-type': 'application/activity+json' },
      date: deps.now(),
      sign: (bytes) => deps.sign({ actorId, keyId }, bytes),
    });
  try {
    return await signWith(await presentKeyId(deps, sender));
  } catch (error) {
    // The key was changed and the event that says so is on its way; the signed text names the key, so it is composed anew.
    if (error instanceof SigningRefused && error.keyId !== undefined) return signWith(error.keyId);
    throw error;
  }
}

async function presentKeyId(
  { identity }: AttemptDeps,
  { actorId, keys }: NonNullable<Delivery['sender']>,
): Promise<string> {
  const key = signingKey(keys) ?? signingKey((await identity.actorKeys(actorId))?.keys ?? []);
  if (key === undefined) throw new SigningRefused({ code: 'unknown_actor', status: 404 });
  return key.key_id;
}

/** A disabled or unknown actor sends nothing any more; everything else passes. */
function signingFailure(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof SigningRefused && (error.status === 403 || error.status === 404))
    return { kind: 'refused', reason };
  if (error instanceof TypeError) return { kind: 'refused', reason };
  const detail =
    error instanceof AppError && error.cause instanceof Error ? `${reason} (${error.cause.message})` : reason;
  return { kind: 'waiting', reason: detail, waitMs: WAIT_MS };
}

function outcomeOf(status: number): Outcome {
  const reason = `The inbox answered ${status}.`;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 404 || status === 410) return { kind: 'gone', reason };
  return { kind: status >= 400 && status < 500 ? 'refused' : 'failed', reason };
}

function sendingFailure(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  const isForbidden =
    error instanceof SafeFetchError && (error.code === 'address_refused' || error.code === 'url_refused');
  return { kind: isForbidden ? 'refused' : 'failed', reason };
}
