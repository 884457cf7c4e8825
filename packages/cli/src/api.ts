import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './cli-error.ts';

/** One call of the public API. */
export interface Call {
  method?: 'GET' | 'POST';
  path: string;
  body?: unknown;
  token?: string | undefined;
  /** Makes a repeated call safe, so that a lost answer is asked for again. */
  idempotencyKey?: string;
}

const timeoutMs = 30_000;
const attempts = 3;

function headersOf({ body, token, idempotencyKey }: Call): Record<string, string> {
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  };
}

async function send(server: string, call: Call): Promise<Response> {
  const init = { method: call.method ?? 'GET', headers: headersOf(call), signal: AbortSignal.timeout(timeoutMs) };
  return fetch(`${server}${call.path}`, call.body === undefined ? init : { ...init, body: JSON.stringify(call.body) });
}

/** A repeat can do no harm when the call reads, or carries an idempotency key. */
function isRepeatable({ method = 'GET', idempotencyKey }: Call): boolean {
  return method === 'GET' || idempotencyKey !== undefined;
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

/**
 * Calls the API and returns the JSON of its answer.
 *
 * @throws CliError with the server's reason; exit code 2 when the session has ended
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
  if (response.status === 401 && call.token) throw new CliError('your session has ended. Run: artdag login', 2);
  throw new CliError(describe(response.status, parsed as Problem));
}
