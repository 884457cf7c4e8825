import { callApi } from '../api.ts';
import { signerOf } from '../caller.ts';
import { ApiError } from '../cli-error.ts';
import { findConfig, forgetConfig, isKeyLogin, type KeyLogin, type SessionLogin } from '../client-config.ts';
import type { Credential } from '../credential.ts';
import { print, type Terminal } from '../terminal.ts';

export interface LogoutOptions {
  all?: boolean;
}

/** Ends the login that is remembered. When the server is needed for that and cannot be asked, the login is kept, to try again. */
export async function logout(terminal: Terminal, options: LogoutOptions): Promise<void> {
  const config = findConfig(terminal.env);
  if (config === undefined) return print(terminal, 'You are not logged in.');
  return isKeyLogin(config) ? forgetKey(terminal, config, options) : endSession(terminal, config, options);
}

async function endSession(terminal: Terminal, config: SessionLogin, { all }: LogoutOptions): Promise<void> {
  const { server, session_token: secret } = config;
  try {
    await callLogout(server, { kind: 'bearer', secret }, all === true);
  } catch (error) {
    // 401: the session had ended before.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  forgetConfig(terminal.env);
  print(terminal, `Logged out of ${server}.`);
}

/** A key has no session of its own: it is good until it is revoked. */
async function forgetKey(terminal: Terminal, config: KeyLogin, { all }: LogoutOptions): Promise<void> {
  const { server, username, key, key_id } = config;
  if (all) {
    await callLogout(server, signerOf(config), true);
    print(terminal, `Ended all sessions of ${username} at ${server}.`);
  }
  forgetConfig(terminal.env);
  print(terminal, `Logged out of ${server}: ${key} is no longer used here.`);
  print(terminal, `The key itself stays valid. To end it, log in again and run: artdag keys revoke ${key_id}`);
}

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
