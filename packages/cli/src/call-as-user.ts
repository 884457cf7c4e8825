import { callApi, type Call, type Credential } from './api.ts';
import { findConfig, readConfig } from './client-config.ts';
import { serverOrigin } from './server-origin.ts';
import type { Terminal } from './terminal.ts';
import { currentToken } from './tokens.ts';

export const defaultServer = 'http://localhost:8200';

/**
 * Calls the API as whoever uses this command: by the API key in ARTDAG_API_KEY, else by the login that is remembered.
 * The server is the one in ARTDAG_SERVER, else that of the login.
 *
 * @throws CliError when there is neither, or the server refuses
 */
export async function callAsUser<T>(terminal: Terminal, call: Omit<Call, 'credential'>): Promise<T> {
  const { server, credential } = await whoCalls(terminal);
  return callApi<T>(server, { ...call, credential });
}

async function whoCalls(terminal: Terminal): Promise<{ server: string; credential: Credential }> {
  const { ARTDAG_API_KEY: apiKey, ARTDAG_SERVER: named } = terminal.env;
  if (apiKey) {
    const server = serverOrigin(named || findConfig(terminal.env)?.server || defaultServer);
    return { server, credential: { kind: 'api_key', secret: apiKey } };
  }
  // A login is good at its own server and goes to no other.
  const config = readConfig(terminal.env);
  return { server: config.server, credential: { kind: 'bearer', secret: await currentToken(terminal, config) } };
}
