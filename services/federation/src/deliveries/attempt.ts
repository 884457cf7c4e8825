import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';
import { AppError } from '@artdag/service-kit';
import { signingKey } from '../actors/actor-keys.ts';
import type { BlockedHosts } from '../blocked-hosts/refuse-blocked.ts';
import { knockTwice } from '../remote-hosts/knock-twice.ts';
import type { SchemeMemory } from '../remote-hosts/scheme-memory.ts';
import { SigningRefused } from './batch-signer.ts';
import { hostOf, type Delivery, type Outcome } from './delivery.ts';
import { learnKeys, type Sender } from './sender-keys.ts';
import { signDelivery, type Sendable, type SignDeliveryDeps } from './sign-delivery.ts';

export interface AttemptDeps extends SignDeliveryDeps {
  safeFetch: SafeFetch;
  schemes: SchemeMemory;
  blockedHosts: BlockedHosts;
}

type Refusal = Extract<Outcome, { reason: string }>;

/** Until identity, or the actor's registration, is there. */
const WAIT_MS = 5_000;
const TIMEOUT_MS = 10_000;
/** What servers answer when they do not believe a signature. */
const NOT_BELIEVED = new Set([401, 403]);

/** Signs one job and sends it, once in each signature scheme at most. Never rejects. */
export async function attempt(deps: AttemptDeps, job: Delivery): Promise<Outcome> {
  const { body: text, sender } = job;
  if (text === null) return { kind: 'erased', reason: 'What it would say was erased.' };
  if (sender === undefined)
    return { kind: 'waiting', reason: `${job.apActorId} is not registered here yet`, waitMs: WAIT_MS };
  const statuses: number[] = [];
  try {
    if (await deps.blockedHosts.isAnyBlocked([hostOf(job.inbox)]))
      return { kind: 'blocked', reason: 'Its host is blocked.' };
    const sendable = { job, sender, text, body: Buffer.from(text) };
    const { keyIds } = await knockTwice(deps.schemes, {
      host: hostOf(job.inbox).toLowerCase(),
      method: 'POST',
      sign: (knock) => signDelivery(deps, sendable, knock),
      send: (headers) => send(deps, sendable, headers, statuses),
    });
    const outcome = outcomeOf(statuses);
    const isDisbelief = outcome.kind === 'refused' && statuses.some((status) => NOT_BELIEVED.has(status));
    return isDisbelief ? await judgeDisbelief(deps, sender, keyIds, outcome) : outcome;
  } catch (error) {
    if (error instanceof SafeFetchError) return sendingFailure(error);
    const outcome = signingFailure(error);
    // One answer has come, so it was an attempt.
    return outcome.kind === 'waiting' && statuses.length > 0 ? { ...outcome, kind: 'failed' } : outcome;
  }
}

async function send(deps: AttemptDeps, { job, body }: Sendable, headers: Record<string, string>, statuses: number[]) {
  const init = { method: 'POST', headers, body, timeoutMs: TIMEOUT_MS, maxRedirects: 0 };
  const answer = await deps.safeFetch(job.inbox, init);
  statuses.push(answer.status);
  return answer;
}

/** The actor document shows one RSA key: who looked for the one that signed after it was changed did not find it, and will find the next. */
async function judgeDisbelief(
  deps: AttemptDeps,
  sender: Sender,
  keyIds: readonly string[],
  refused: Refusal,
): Promise<Outcome> {
  const { reason } = refused;
  try {
    const present = signingKey(await learnKeys(deps, sender));
    const isChanged = present !== undefined && keyIds.some((keyId) => keyId !== present.key_id);
    return isChanged ? { kind: 'waiting', reason: `${reason} The key was changed meanwhile.`, waitMs: 0 } : refused;
  } catch {
    return { kind: 'failed', reason: `${reason} Whether the key was changed is not known.` };
  }
}

/** A disabled or unknown actor sends nothing any more; everything else passes. */
function signingFailure(error: unknown): Refusal {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof SigningRefused && (error.status === 403 || error.status === 404))
    return { kind: 'refused', reason };
  if (error instanceof TypeError) return { kind: 'refused', reason };
  const detail =
    error instanceof AppError && error.cause instanceof Error ? `${reason} (${error.cause.message})` : reason;
  return { kind: 'waiting', reason: detail, waitMs: WAIT_MS };
}

/** By the last answer. */
function outcomeOf(statuses: readonly number[]): Outcome {
  const status = statuses.at(-1) ?? 0;
  const reason = `The inbox answered ${statuses.join(', and when signed otherwise ')}.`;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 404 || status === 410) return { kind: 'gone', reason };
  return { kind: status >= 400 && status < 500 ? 'refused' : 'failed', reason };
}

function sendingFailure({ code, message: reason }: SafeFetchError): Outcome {
  const isForbidden = code === 'address_refused' || code === 'url_refused';
  return { kind: isForbidden ? 'refused' : 'failed', reason };
}
