import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './cli-error.ts';
import { credentialHeader, type Credential } from './credential.ts';
import { problemOf } from './problem.ts';

/** One request, as it goes over the wire. */
export interface Transfer {
  method: string;
  /** What it writes as path and query is what is sent, and signed. */
  url: URL;
  headers: Record<string, string>;
  body?: Buffer | undefined;
  credential?: Credential | undefined;
  /** Whether a second try does no harm. */
  isRepeatable: boolean;
  timeoutMs: number;
  /** Ends it, tries included. */
  signal?: AbortSignal | undefined;
  /** Told the time by which a try is signed. */
  onTry?: ((now: Date) => void) | undefined;
}

const attempts = 3;

/** Time is read at each try: a signature is good once and for 30 s. */
async function send(transfer: Transfer): Promise<Response> {
  const { method, url, headers, body, credential, timeoutMs, signal, onTry } = transfer;
  const timeout = AbortSignal.timeout(timeoutMs);
  const now = new Date();
  onTry?.(now);
  const shown = credential ? credentialHeader(credential, { method, url, body }, now) : {};
  return fetch(url, {
    method,
    headers: { ...headers, ...shown },
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    // A credential is for the server that it was given for, wherever that points.
    redirect: 'manual',
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
}

/** A signature made twice in one second is the same one, which the server would take for a replay. */
function pauseMs(attempt: number, credential: Credential | undefined): number {
  return attempt * (credential?.kind === 'msign' ? 1100 : 500);
}

/**
 * Whether the server had no time for the request, or took its signature for a replay: another artdag may have sent the same in this second.
 */
async function isWorthAnotherTry(response: Response, { credential }: Transfer): Promise<boolean> {
  if (response.status === 503) return true;
  if (response.status !== 401 || credential?.kind !== 'msign') return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return problemOf(body).code === 'replayed';
}

function unreachable(origin: string): CliError {
  return new CliError(`${origin} cannot be reached. Is the address right, and the server running?`, 1, 'unreachable');
}

/**
 * Sends a request, and again when that does no harm and the server is away or answers 503.
 *
 * @throws CliError when there is no answer
 */
export async function sendPatiently(transfer: Transfer): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === attempts || !transfer.isRepeatable;
    try {
      const response = await send(transfer);
      if (isLast || !(await isWorthAnotherTry(response, transfer))) return response;
      await response.body?.cancel();
    } catch {
      transfer.signal?.throwIfAborted();
      const { origin } = transfer.url;
      if (isLast) throw unreachable(origin);
    }
    await sleep(pauseMs(attempt, transfer.credential), undefined, { signal: transfer.signal });
  }
}
