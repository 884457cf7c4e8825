import { callApi, type Call } from './api.ts';
import { callerOf } from './caller.ts';
import type { Terminal } from './terminal.ts';

/**
 * Calls the API as whoever uses this command; see `callerOf`.
 *
 * @throws CliError when nobody is logged in, or the server refuses
 */
export async function callAsUser<T>(terminal: Terminal, call: Omit<Call, 'credential'>): Promise<T> {
  const { server, credential } = await callerOf(terminal);
  return callApi<T>(server, { ...call, credential });
}
