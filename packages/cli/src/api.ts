import { ApiError, CliError } from './cli-error.ts';
import type { Credential } from './credential.ts';
import { problemOf } from './problem.ts';
import { wordsFor } from './refusal-words.ts';
import { sendPatiently } from './send.ts';
import { version } from './version.ts';

/** One call of the public API. */
export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  credential?: Credential | undefined;
  /** Makes a repeated call safe, so that a lost answer is asked for again. */
  idempotencyKey?: string;
  /** A repeat does no harm by itself. */
  isRepeatable?: true;
  /** How long each try may take. */
  timeoutMs?: number;
}

const defaultTimeoutMs = 30_000;

/** Its sessions are listed under this name, and a refresh token is bound to it. */
export const userAgent = `artdag-cli/${version}`;

function headersOf({ body, idempotencyKey }: Call): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  };
}

/** A repeat can do no harm when the call reads, or carries an idempotency key, or says so. */
function isRepeatable({ method = 'GET', idempotencyKey, isRepeatable: said }: Call): boolean {
  return method === 'GET' || idempotencyKey !== undefined || said === true;
}

async function send(server: string, call: Call): Promise<Response> {
  return sendPatiently({
    method: call.method ?? 'GET',
    url: new URL(server + call.path),
    headers: headersOf(call),
    body: call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body)),
    credential: call.credential,
    isRepeatable: isRepeatable(call),
    timeoutMs: call.timeoutMs ?? defaultTimeoutMs,
  });
}

async function readJson(server: string, { path }: Call, response: Response): Promise<unknown> {
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location) {
    throw new CliError(`${server} sends its callers on to ${location}. Log in there if that is the right server.`);
  }
  const text = await response.text();
  if (response.status === 204) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(
      `${server}${path} did not answer in JSON (status ${response.status}). Is it an Art DAG L2 server?`,
      1,
      'unknown_answer',
    );
  }
}

/**
 * Calls the API and returns the JSON of its answer; undefined for 204.
 *
 * @throws ApiError with the server's reason; exit code 2 when the credential is no longer good
 * @throws CliError when there is no answer, or none of ours
 */
export async function callApi<T>(server: string, call: Call): Promise<T> {
  const response = await send(server, call);
  if (!response.ok) throw await refusalOf(server, call, response);
  return (await readJson(server, call, response)) as T;
}

/** Why the server refused. @throws CliError when the answer is none of ours */
export async function refusalOf(server: string, call: Call, response: Response): Promise<ApiError> {
  const { credential } = call;
  const { status } = response;
  const problem = problemOf(await readJson(server, call, response));
  const words = wordsFor({ server, status, credential, problem }, new Date());
  return new ApiError(status, problem.code, words, status === 401 && credential ? 2 : 1);
}
