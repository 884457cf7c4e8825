import { callApi } from '../../api.ts';
import { signerOf } from '../../caller.ts';
import { ApiError } from '../../cli-error.ts';
import {
  findConfig,
  forgetConfig,
  isKeyLogin,
  isSessionLogin,
  type ApiKeyLogin,
  type KeyLogin,
  type SessionLogin,
} from '../../client-config.ts';
import type { Credential } from '../../credential.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface LogoutOptions {
  all?: boolean;
  json?: boolean;
}

/** Ends the login that is remembered. When the server is needed for that and cannot be asked, the login is kept, to try again. */
export async function logout(terminal: Terminal, options: LogoutOptions): Promise<void> {
  const config = findConfig(terminal.env);
  if (config === undefined) return report(terminal, options, null, ['You are not logged in.']);
  const lines = isSessionLogin(config)
    ? await endSession(config, options)
    : await leaveKey(config, options, isKeyLogin(config) ? keyWords(config) : apiKeyWords);
  forgetConfig(terminal.env);
  report(terminal, options, config.server, lines);
}

/** @param server null when nobody was logged in */
function report(terminal: Terminal, { json, all }: LogoutOptions, server: string | null, lines: string[]): void {
  if (json) printJson(terminal, { server, all_sessions_ended: server !== null && all === true });
  else print(terminal, lines.join('\n'));
}

async function endSession({ server, session_token: secret }: SessionLogin, { all }: LogoutOptions): Promise<string[]> {
  try {
    await callLogout(server, { kind: 'bearer', secret }, all === true);
  } catch (error) {
    // 401: the session had ended before.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  return [`Logged out of ${server}.`];
}

/** A key has no session of its own: it is good until it is revoked. */
async function leaveKey(
  config: KeyLogin | ApiKeyLogin,
  { all }: LogoutOptions,
  [what, how]: [string, string],
): Promise<string[]> {
  const { server, username } = config;
  const lines = [`Logged out of ${server}: ${what} is no longer used here.`, how];
  if (!all) return lines;
  await callLogout(server, isKeyLogin(config) ? signerOf(config) : { kind: 'api_key', secret: config.api_key }, true);
  return [`Ended all sessions of ${username} at ${server}.`, ...lines];
}

const keyWords = ({ key, key_id }: KeyLogin): [string, string] => [
  key,
  `The key itself stays valid. To end it, log in again and run: artdag keys revoke ${key_id}`,
];
const apiKeyWords: [string, string] = [
  'the API key',
  'The API key itself stays valid. To end it, log in by password and run: artdag tokens list, and artdag tokens revoke ID',
];

async function callLogout(server: string, credential: Credential, all: boolean): Promise<void> {
  await callApi(server, {
    method: 'POST',
    path: '/auth/logout',
    body: all ? { all: true } : {},
    credential,
    // Once logged out, logging out again answers the same.
    isRepeatable: true,
  });
}
