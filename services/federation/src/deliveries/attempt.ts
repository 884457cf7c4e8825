import { signRequest } from '@artdag/http-signatures';
import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';
import { AppError } from '@artdag/service-kit';
import { signingKey, type ActorKey } from '../actors/actor-keys.ts';
import { SigningRefused, type Sign } from './batch-signer.ts';
import type { Delivery, Outcome } from './delivery.ts';
import { keysFor, learnKeys, type Sender, type SenderKeysDeps } from './sender-keys.ts';

export interface AttemptDeps extends SenderKeysDeps {
  safeFetch: SafeFetch;
  sign: Sign;
}

/** Until identity, or the actor's registration, is there. */
const WAIT_MS = 5_000;
const TIMEOUT_MS = 10_000;
/** A key that changes this often between look-up and signature is a fault, not a rotation. */
const MAX_COMPOSITIONS = 3;
/** What servers answer when they do not believe a signature. */
const NOT_BELIEVED = new Set([401, 403]);

/** Signs one job and sends it, once. Never rejects. */
export async function attempt(deps: AttemptDeps, job: Delivery): Promise<Outcome> {
  if (job.body === null) return { kind: 'erased', reason: 'What it would say was erased.' };
  let signed: Signed;
  const body = Buffer.from(job.body);
  try {
    signed = await sign(deps, job, job.body, body);
  } catch (error) {
    return signingFailure(error);
  }
  let status: number;
  try {
    const init = { method: 'POST', headers: signed.headers, body, timeoutMs: TIMEOUT_MS, maxRedirects: 0 };
    ({ status } = await deps.safeFetch(job.inbox, init));
  } catch (error) {
    return sendingFailure(error);
  }
  return NOT_BELIEVED.has(status) ? await judgeDisbelief(deps, signed, status) : outcomeOf(status);
}

/** The actor document shows one RSA key: who looked for the one that signed after it was changed did not find it, and will find the next. */
async function judgeDisbelief(deps: AttemptDeps, { sender, keyId }: Signed, status: number): Promise<Outcome> {
  const reason = `The inbox answered ${status}, the key was changed meanwhile.`;
  try {
    const present = signingKey(await learnKeys(deps, sender));
    const isChanged = present !== undefined && present.key_id !== keyId;
    return isChanged ? { kind: 'waiting', reason, waitMs: 0 } : outcomeOf(status);
  } catch {
    return { kind: 'failed', reason: `The inbox answered ${status}, and whether the key was changed is not known.` };
  }
}

interface Signed {
  headers: Record<string, string>;
  sender: Sender;
  keyId: string;
}

/**
 * The signed text names the key, so it is composed anew when identity says that another one would sign. Who has ended may still tell of ends:
 * its own, or one of its works'.
 */
async function sign(deps: AttemptDeps, job: Delivery, text: string, body: Buffer): Promise<Signed> {
  const { sender } = job;
  if (sender === undefined) throw new Error(`${job.apActorId} is not registered here yet`);
  const { actorId } = sender;
  let keyId = presentKeyId(await keysFor(deps, sender, text));
  let farewell = job.kind === 'delete';
  for (let composition = 1; ; composition += 1) {
    try {
      const headers = await signRequest({
        method: 'POST',
        url: job.inbox,
        body,
        keyId,
        headers: { 'content-type': 'application/activity+json' },
        date: deps.now(),
        sign: (bytes) => deps.sign({ actorId, keyId, farewell }, bytes),
      });
      return { headers, sender, keyId };
    } catch (error) {
      if (!(error instanceof SigningRefused) || composition === MAX_COMPOSITIONS) throw error;
      if (error.code === 'key_changed') keyId = presentKeyId(await learnKeys(deps, sender));
      else if (error.code === 'actor_disabled' && !farewell && isDelete(text)) farewell = true;
      else throw error;
    }
  }
}

function isDelete(text: string): boolean {
  return (JSON.parse(text) as { type?: unknown }).type === 'Delete';
}

function presentKeyId(keys: readonly ActorKey[]): string {
  const key = signingKey(keys);
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
