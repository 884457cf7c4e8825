import { SafeFetchError, type SafeFetch, type SafeFetchResponse } from '@artdag/safe-fetch';
import { AppError } from '@artdag/service-kit';
import { l1NotAuthorized } from '../l1-servers/refusals.ts';
import type { UsableL1Servers } from '../l1-servers/usable-l1-servers.ts';
import { NotARun, readRun, type Run } from './run-document.ts';

export interface FetchRunDeps {
  l1Servers: UsableL1Servers;
  safeFetch: SafeFetch;
  /** For the whole exchange with the L1. */
  timeoutMs: number;
  now: () => Date;
  /** Told of every run that was asked for: `ok`, or the code of the refusal. */
  onResult: (result: string) => void;
}

export interface FetchedRun {
  /** In its one spelling. */
  l1_server: string;
  run: Run;
  fetched_at: string;
}

const maxBytes = 1024 * 1024;

/**
 * Asks an L1 for a run, once: no redirect is followed and nothing is tried again, as the caller may.
 *
 * @throws AppError 403 `l1_not_authorized` (nothing was called), 404 `run_not_found`, 502 `l1_unreachable`, `l1_bad_response`
 */
export async function fetchRun(deps: FetchRunDeps, wanted: { l1Server: string; runId: string }): Promise<FetchedRun> {
  try {
    const fetched = await fetchNow(deps, wanted);
    deps.onResult('ok');
    return fetched;
  } catch (error) {
    deps.onResult(error instanceof AppError ? error.code : 'error');
    throw error;
  }
}

async function fetchNow(
  { l1Servers, safeFetch, timeoutMs, now }: FetchRunDeps,
  { l1Server, runId }: { l1Server: string; runId: string },
): Promise<FetchedRun> {
  const url = await l1Servers.find(l1Server);
  if (url === undefined) throw l1NotAuthorized();
  const response = await get(safeFetch, `${url}/runs/${runId}`, timeoutMs);
  const run = readBody(response, runId);
  return { l1_server: url, run, fetched_at: now().toISOString() };
}

async function get(safeFetch: SafeFetch, url: string, timeoutMs: number): Promise<SafeFetchResponse> {
  const limits = { timeoutMs, connectTimeoutMs: Math.min(timeoutMs, 10_000), maxBytes, maxRedirects: 0 };
  try {
    return await safeFetch(url, { accept: 'application/json', contentTypes: ['application/json'], ...limits });
  } catch (error) {
    if (!(error instanceof SafeFetchError)) throw error;
    if (away.has(error.code)) throw unreachable(error);
    throw badResponse(words[error.code] ?? 'it cannot be read', error);
  }
}

const away = new Set<SafeFetchError['code']>(['timeout', 'unreachable', 'address_refused']);
const words: Partial<Record<SafeFetchError['code'], string>> = {
  too_large: `it has more than ${maxBytes} bytes`,
  redirect_refused: 'it is a redirect, and these are not followed',
  content_type_refused: 'it is no application/json',
};

/** Too many requests and too slow ones are the L1's present state, as its own errors are. */
const later = new Set([408, 425, 429]);

function readBody({ status, body }: SafeFetchResponse, runId: string): Run {
  if (status === 404 || status === 410) {
    throw new AppError('run_not_found', 404, 'The L1 has no such run.');
  }
  if (status >= 500 || later.has(status)) throw unreachable(new Error(`status ${status}`));
  if (status !== 200) throw badResponse(`its status is ${status}`);
  try {
    return readRun(parse(body), runId);
  } catch (error) {
    if (error instanceof NotARun) throw badResponse(error.message);
    throw error;
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new NotARun('it is no JSON');
  }
}

function unreachable(cause: Error): AppError {
  return new AppError('l1_unreachable', 502, 'The L1 did not answer, or with an error of its own. Try again later.', {
    cause,
  });
}

/** @param why about the answer, without its words */
function badResponse(why: string, cause?: Error): AppError {
  const message = `The L1's answer is not a run that can be recorded: ${why}. Tell whoever runs the L1.`;
  return new AppError('l1_bad_response', 502, message, { cause: cause ?? why });
}
