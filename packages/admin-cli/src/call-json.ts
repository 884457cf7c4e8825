import { CliError } from './cli-error.ts';

export interface Call {
  /** Who is called, and the variable with its address, for messages. */
  service: string;
  variable: string;
  url: string;
  path: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

const timeoutMs = 30_000;

/** One request and its JSON answer. @throws CliError in the service's own words when it refuses */
export async function callJson<T>(call: Call): Promise<T> {
  const response = await send(call);
  const answer = await jsonOf(response, call);
  if (response.ok) return answer as T;
  const { code } = (answer ?? {}) as { code?: unknown };
  throw new CliError(reasonOf(response.status, answer, call), typeof code === 'string' ? code : undefined);
}

async function send({ service, variable, url, path, method, headers, body }: Call): Promise<Response> {
  try {
    return await fetch(url + path, {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
  } catch (error) {
    const reason =
      error instanceof Error && error.name === 'TimeoutError' ? 'did not answer in time' : 'cannot be reached';
    throw new CliError(`${service} at ${url} ${reason}. Is it running, and is ${variable} right?`);
  }
}

async function jsonOf(response: Response, { service, variable, url }: Call): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new CliError(
      `${url} did not answer in JSON (status ${response.status}). Is ${variable} the address of ${service}?`,
    );
  }
}

/** The service's own words, which say what to do; for a refused signature, what is usually the reason. */
function reasonOf(status: number, answer: unknown, { service }: Call): string {
  const { detail, code } = (answer ?? {}) as { detail?: unknown; code?: unknown };
  if (code === 'invalid_service_key') {
    return `${String(detail)}. Compare SERVICE_KEY or INTERNAL_SECRET with auth's, and the clocks.`;
  }
  if (Array.isArray(detail)) {
    const problems = detail as { loc?: unknown[]; msg?: string }[];
    return problems.map(({ loc = [], msg = '' }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ');
  }
  return typeof detail === 'string' ? `${detail} (${String(code)})` : `${service} answered ${status}.`;
}
