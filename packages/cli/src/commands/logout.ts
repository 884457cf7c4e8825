import { callApi } from '../api.ts';
import { ApiError } from '../cli-error.ts';
import { findConfig, forgetConfig } from '../client-config.ts';
import { print, type Terminal } from '../terminal.ts';

export interface LogoutOptions {
  all?: boolean;
}

/** Ends the session at the server and forgets its tokens. When the server cannot be asked they are kept, to try again. */
export async function logout(terminal: Terminal, options: LogoutOptions): Promise<void> {
  const config = findConfig(terminal.env);
  if (config === undefined) return print(terminal, 'You are not logged in.');
  const { server, session_token: secret } = config;
  try {
    await callApi(server, {
      method: 'POST',
      path: '/auth/logout',
      body: options.all ? { all: true } : {},
      credential: { kind: 'bearer', secret },
      // Once logged out, logging out again answers the same.
      isRepeatable: true,
    });
  } catch (error) {
    // 401: the session had ended before.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  forgetConfig(terminal.env);
  print(terminal, `Logged out of ${server}.`);
}
