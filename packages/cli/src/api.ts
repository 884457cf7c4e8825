import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, CliError } from './cli-error.ts';
import { version } from './version.ts';

/** By what a call says who makes it. */
export interface Credential {
  kind: 'bearer' | 'api_key';
  secret: string;
}

/** One call of the public API. */
export interface Call {
  method?: 'GET' | 'POST';
  path: string;
  body?: unknown;
  credential?: Credential | undefined;
  /** Makes a repeated call safe, so that a lost answer is asked for again. */
  idempotencyKey?: string;
  /** A repeat does no harm by itself. */
  isRepeatable?: true;
}

export const sessionEnded = 'your session has ended. Run: artdag login';

const timeoutMs = 30_000;
const attempts = 3;

function headersOf({ body, credential, idempotencyKey }: Call): Record<string, string> {
  return {
    accept: 'application/json',
    // Its sessions are listed under this name, and a refresh token is bound to it.
    'user-agent': `artdag-cli/${version}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(credential?.kind === 'bearer' ? { authorization: `Bearer ${credential.secret}` } : {}),
    ...(credential?.kind === 'api_key' ? { 'x-api-key': credential.secret } : {}),
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  };
}

async function send(server: string, call: Call): Promise<Response> {
  const init = { method: call.method ?? 'GET', headers: headersOf(call), signal: AbortSignal.timeout(timeoutMs) };
  return fetch(`${server}${call.path}`, call.body === undefined ? init : { ...init, body: JSON.stringify(call.body) });
}

/** A repeat can do no harm when the call reads, or carries an idempotency key, or says so. */
function isRepeatable({ method = 'GET', idempotencyKey, isRepeatable: said }: Call): boolean {
  return method === 'GET' || idempotencyKey !== undefined || said === true;
}

async function sendPatiently(server: string, call: Call): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === attempts || !isRepeatable(call);
    try {
      const response = await send(server, call);
      if (response.status !== 503 || isLast) return response;
      await response.body?.cancel();
    } catch {
      if (isLast) throw new CliError(`${server} cannot be reached. Is the address right, and the server running?`);
    }
    await sleep(attempt * 500);
  }
}

interface Problem {
  detail?: unknown;
  code?: string;
}

/** The server's own words; a validation error becomes one line per field. */
function describe(status: number, problem: Problem): string {
  if (Array.isArray(problem.detail)) {
    return problem.detail
      .map(({ loc, msg }: { loc?: unknown[]; msg?: string }) => `${(loc ?? []).join('.')}: ${msg}`)
      .join('; ');
  }
  if (typeof problem.detail === 'string') return problem.code ? `${problem.detail} (${problem.code})` : problem.detail;
  return `the server answered ${status}.`;
}

function wordsFor(status: number, { credential }: Call, problem: Problem): string {
  if (status !== 401 || credential === undefined) return describe(status, problem);
  if (credential.kind === 'api_key') return 'the API key is not accepted. It may be mistyped, expired or deleted.';
  return sessionEnded;
}

/**
 * Calls the API and returns the JSON of its answer.
 *
 * @throws ApiError with the server's reason; exit code 2 when the credential is no longer good
 * @throws CliError when there is no answer, or none of ours
 */
export async function callApi<T>(server: string, call: Call): Promise<T> {
  const response = await sendPatiently(server, call);
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new CliError(
      `${server}${call.path} did not answer in JSON (status ${response.status}). Is it an Art DAG L2 server?`,
    );
  }
  if (response.ok) return parsed as T;
  const problem = (parsed ?? {}) as Problem;
  const exitCode = response.status === 401 && call.credential ? 2 : 1;
  throw new ApiError(response.status, wordsFor(response.status, call, problem), exitCode);
}
