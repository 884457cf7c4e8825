import { randomUUID } from 'node:crypto';
import { signServiceRequest } from '@artdag/actor-context';
import { CliError } from './cli-error.ts';
import { connectionOf } from './connection.ts';

/** Calls of auth's `/internal/admin`, each signed with the service key of `admin`. */
export interface AdminClient {
  get<T>(path: string, query?: Record<string, string | undefined>): Promise<T>;
  post<T>(path: string, body?: Record<string, unknown>): Promise<T>;
}

const timeoutMs = 30_000;
const base = '/internal/admin';

/** @param operator who sits here, for the audit log */
export function createAdminClient(env: NodeJS.ProcessEnv, operator: string): AdminClient {
  const connection = connectionOf(env);
  const call = async <T>(method: 'GET' | 'POST', path: string, body: string): Promise<T> => {
    const key = connection.serviceKey;
    const authorization = signServiceRequest({
      service: 'admin',
      serviceKey: key,
      now: new Date(),
      method,
      path,
      body,
    });
    const response = await send(connection.authUrl, path, {
      method,
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
      ...(method === 'POST' ? { body } : {}),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    const answer = await jsonOf(response, connection.authUrl);
    if (response.ok) return answer as T;
    throw new CliError(reasonOf(response.status, answer));
  };
  return {
    get: (path, query = {}) => {
      const given = Object.entries({ ...query, as: operator }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      return call('GET', `${base}${path}?${new URLSearchParams(given).toString()}`, '');
    },
    // Two equal commands within a second would else be one request, made twice.
    post: (path, body = {}) =>
      call('POST', base + path, JSON.stringify({ ...body, as: operator, nonce: randomUUID() })),
  };
}

async function send(authUrl: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(authUrl + path, init);
  } catch (error) {
    const reason =
      error instanceof Error && error.name === 'TimeoutError' ? 'did not answer in time' : 'cannot be reached';
    throw new CliError(`auth at ${authUrl} ${reason}. Is it running, and is AUTH_URL right?`);
  }
}

async function jsonOf(response: Response, authUrl: string): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new CliError(
      `${authUrl} did not answer in JSON (status ${response.status}). Is AUTH_URL the address of auth?`,
    );
  }
}

/** Auth's own words, which say what to do; for a refused signature, what is usually the reason. */
function reasonOf(status: number, answer: unknown): string {
  const { detail, code } = (answer ?? {}) as { detail?: unknown; code?: unknown };
  if (code === 'invalid_service_key') {
    return `${String(detail)}. Compare SERVICE_KEY or INTERNAL_SECRET with auth's, and the clocks.`;
  }
  if (Array.isArray(detail)) {
    const problems = detail as { loc?: unknown[]; msg?: string }[];
    return problems.map(({ loc = [], msg = '' }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ');
  }
  return typeof detail === 'string' ? `${detail} (${String(code)})` : `auth answered ${status}.`;
}
