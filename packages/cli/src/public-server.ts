import { findConfig } from './client-config.ts';
import { defaultServer } from './caller.ts';
import { serverOrigin } from './server-origin.ts';
import type { Terminal } from './terminal.ts';

/** Where what is public is read: the server that was named, else that of the login, else one on this machine. */
export function publicServer({ env }: Terminal, named: string | undefined): string {
  return serverOrigin(named ?? (env['ARTDAG_SERVER'] || findConfig(env)?.server || defaultServer));
}
