import { isConnectionFailure } from '../connection-failure.ts';
import { ConfigError } from '../errors.ts';
import { redact, redactText } from '../logging/redact.ts';
import { processEnv } from './config.ts';
import type { Service } from './service.ts';

export interface RunServiceOptions {
  name: string;
  create: (env: NodeJS.ProcessEnv) => Service | Promise<Service>;
  /** How long closing may take before the process exits all the same; default 20 s. */
  shutdownTimeoutMs?: number;
}

const SHUTDOWN_TIMEOUT_MS = 20_000;

/**
 * The body of every main.ts: starts the service and ends it on SIGTERM or SIGINT, exit code 0, or 1 when closing failed
 * or took too long. A second signal ends it at once. What stops it from starting is one line on standard error, exit
 * code 1; an uncaught exception or unhandled rejection is logged once, exit code 1.
 */
export function runService(o: RunServiceOptions): void {
  process.on('uncaughtException', (error) => fail(o.name, 'uncaught error', error));
  process.on('unhandledRejection', (error) => fail(o.name, 'unhandled rejection', error));
  const started = startService(o);
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void shutDown(o, started);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

async function startService(o: RunServiceOptions): Promise<Service> {
  try {
    const service = await o.create(processEnv());
    await service.start();
    return service;
  } catch (error) {
    process.stderr.write(`${o.name}: cannot start: ${startProblem(error)}\n`);
    return process.exit(1);
  }
}

/** One line for what the operator can mend; a bug shows its stack. */
function startProblem(error: unknown): string {
  if (!(error instanceof Error)) return redactText(String(error));
  const known = error instanceof ConfigError || isConnectionFailure(error);
  const text = known ? firstMessage(error).replace(/\s*\n\s*/g, ' ') : (error.stack ?? error.message);
  return redactText(text);
}

/** Node's AggregateError for a refused connection has an empty message of its own. */
function firstMessage(error: Error): string {
  if (error.message !== '') return error.message;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? inner.message : error.name;
}

async function shutDown(o: RunServiceOptions, started: Promise<Service>): Promise<void> {
  const boundMs = o.shutdownTimeoutMs ?? SHUTDOWN_TIMEOUT_MS;
  setTimeout(() => fail(o.name, `did not close within ${boundMs} ms`), boundMs).unref();
  try {
    await (await started).close();
  } catch (error) {
    fail(o.name, 'closing failed', error);
  }
  process.exit(0);
}

function fail(service: string, message: string, error?: unknown): never {
  const line = { timestamp: new Date().toISOString(), level: 'error', service, message, error: redact(error) };
  process.stderr.write(`${JSON.stringify(line)}\n`);
  return process.exit(1);
}
