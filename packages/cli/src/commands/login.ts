import { askPassword } from '../ask-password.ts';
import { callApi } from '../api.ts';
import { CliError } from '../cli-error.ts';
import { writeConfig } from '../client-config.ts';
import { serverOrigin } from '../server-origin.ts';
import { print, readAll, type Terminal } from '../terminal.ts';
import { tokensOf, type TokenAnswer } from '../tokens.ts';
import { loginByKey } from './login-by-key.ts';

export interface LoginOptions {
  server: string;
  username?: string;
  passwordStdin?: boolean;
  key?: string;
  handle?: string;
  displayName?: string;
  label?: string;
}

type LoginAnswer = TokenAnswer & { session_token: string; expires_at: string };

/** Logs in by key or by password; the one takes the place of the other. */
export async function login(terminal: Terminal, options: LoginOptions): Promise<void> {
  const { key, username, ...others } = options;
  if (key !== undefined && username === undefined) return loginByKey(terminal, { ...others, key });
  if (key === undefined && username !== undefined) return loginByPassword(terminal, { ...options, username });
  throw new CliError('log in by --username NAME (with a password) or by --key FILE: one of the two.');
}

/** Remembers the session and its tokens in the client's file. */
async function loginByPassword(terminal: Terminal, options: LoginOptions & { username: string }): Promise<void> {
  const { username } = options;
  const server = serverOrigin(options.server);
  const password = options.passwordStdin
    ? await readAll(terminal)
    : await askPassword(terminal, `Password of ${username}: `);
  const body = { username, password };
  const answer = await callApi<LoginAnswer>(server, { method: 'POST', path: '/auth/login', body });
  writeConfig(terminal.env, {
    server,
    username,
    session_token: answer.session_token,
    expires_at: answer.expires_at,
    ...tokensOf(answer, Date.now()),
  });
  print(terminal, `Logged in to ${server} as ${username}.`);
}
