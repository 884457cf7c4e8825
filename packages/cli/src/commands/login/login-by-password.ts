import { callApi } from '../../api.ts';
import { askPassword } from '../../ask-password.ts';
import { writeConfig } from '../../client-config.ts';
import { serverOrigin } from '../../server-origin.ts';
import { print, printJson, readAll, type Terminal } from '../../terminal.ts';
import { tokensOf, type TokenAnswer } from '../../tokens.ts';

export interface PasswordLoginOptions {
  server: string;
  username: string;
  passwordStdin?: boolean;
  json?: boolean;
}

type LoginAnswer = TokenAnswer & { session_token: string; expires_at: string };

/** Remembers the session and its tokens in the client's file. */
export async function loginByPassword(terminal: Terminal, options: PasswordLoginOptions): Promise<void> {
  const { username } = options;
  const server = serverOrigin(options.server);
  const password = options.passwordStdin
    ? await readAll(terminal)
    : await askPassword(terminal, `Password of ${username}: `);
  const body = { username, password };
  const answer = await callApi<LoginAnswer>(server, { method: 'POST', path: '/auth/login', body });
  const { session_token, expires_at } = answer;
  writeConfig(terminal.env, { server, username, session_token, expires_at, ...tokensOf(answer, Date.now()) });
  if (options.json) return printJson(terminal, { server, username, method: 'password', expires_at });
  print(terminal, `Logged in to ${server} as ${username}.`);
}
