import { callerOf, type Caller } from './caller.ts';
import { findConfig } from './client-config.ts';
import { publicServer } from './public-server.ts';
import { serverOrigin } from './server-origin.ts';
import type { Terminal } from './terminal.ts';

/** Whoever uses this command, or nobody in particular: without a login, or at another server than that of the login. */
export async function visitorOf(
  terminal: Terminal,
  named: string | undefined,
): Promise<{ server: string; credential?: Caller['credential'] }> {
  const { env } = terminal;
  const server = publicServer(terminal, named);
  const isKnown = Boolean(env['ARTDAG_KEY'] || env['ARTDAG_API_KEY']) || findConfig(env) !== undefined;
  if (!isKnown) return { server };
  const caller = await callerOf(terminal);
  return serverOrigin(caller.server) === server ? caller : { server };
}
