import type { AssertionSigner } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { Pool } from 'undici';
import { cannotCheck } from '../credentials/refusals.ts';
import { createBatches } from './batches.ts';
import { type RefusedCode, refusedCodes } from './refusals.ts';

/** What identity is asked. */
export interface Question {
  handle: string;
  kid: string | undefined;
  names_algorithm: boolean;
  /** Unix seconds. */
  ts: number;
  /** base64url. */
  signature: string;
  method: string;
  host: string;
  /** Path and query as they came. */
  target: string;
  /** Lower-case hex. */
  body_sha256: string;
}

/** What it says (`unavailable`: nobody can say now); of a good one the rest is read by whoever sees this `caller` for the first time. */
export type Verdict = { ok: true; caller: string } | { ok: false; code: RefusedCode | 'unavailable' };

/** Rejects with AppError 503 `dependency_unavailable` when there is no answer in time. */
export type Verify = (question: Question) => Promise<Verdict>;

const codes: ReadonlySet<unknown> = new Set([...refusedCodes, 'unavailable']);
const defaultTimeoutMs = 3000;
const path = '/internal/identity/msign/verify';

/** By `POST /internal/identity/msign/verify`, many at a time. */
export function createVerify(identity: Pool, signer: AssertionSigner, timeoutMs = defaultTimeoutMs): Verify {
  const ask = async (questions: readonly Question[]): Promise<readonly Verdict[]> => {
    const { statusCode, body } = await identity.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'x-actor-assertion': await signer.forService('identity') },
      body: JSON.stringify({ requests: questions }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (statusCode === 200) return verdictsOf(await body.json(), questions.length);
    await body.dump();
    throw new Error(`identity answered ${statusCode} to the verification of ${questions.length} signatures`);
  };
  return createBatches<Question, Verdict>({
    run: (questions) => inTime(ask(questions), timeoutMs).catch(refuse),
    maxItems: 64,
    // A target may be long, and identity takes 2 MiB.
    maxWeight: 512 * 1024,
    weigh: ({ target }) => 1024 + target.length,
    maxRunning: 4,
    maxWaiting: 4096,
    maxWaitMs: timeoutMs,
    overloaded: () => cannotCheck('too many signatures wait to be verified'),
  });
}

/** By a clock of our own: what waits for a connection hears no signal. */
async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('identity did not answer in time')), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refuse(cause: unknown): never {
  throw cause instanceof AppError ? cause : cannotCheck(cause);
}

/** By hand: a schema would cost as much as the rest of the call, and what a verdict holds is looked at once per caller. */
function verdictsOf(answer: unknown, count: number): readonly Verdict[] {
  const results = isObject(answer) ? answer['results'] : undefined;
  if (Array.isArray(results) && results.length === count && results.every(isVerdict)) return results;
  throw new Error('identity answered the verification of signatures in another shape');
}

function isVerdict(result: unknown): result is Verdict {
  if (!isObject(result)) return false;
  if (result['ok'] === true) return typeof result['caller'] === 'string' && result['caller'] !== '';
  return result['ok'] === false && codes.has(result['code']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
