import { askPassword } from '../ask-password.ts';
import { callApi } from '../api.ts';
import { writeConfig } from '../client-config.ts';
import { serverOrigin } from '../server-origin.ts';
import { print, readAll, type Terminal } from '../terminal.ts';
import { tokensOf, type TokenAnswer } from '../tokens.ts';

export interface LoginOptions {
  server: string;
  username: string;
  passwordStdin?: boolean;
}

type LoginAnswer = TokenAnswer & { session_token: string; expires_at: string };

/** Logs in with a password and remembers the session and its tokens in the client's file. */
export async function login(terminal: Terminal, options: LoginOptions): Promise<void> {
  const server = serverOrigin(options.server);
  const password = options.passwordStdin
    ? await readAll(terminal)
    : await askPassword(terminal, `Password of ${options.username}: `);
  const body = { username: options.username, password };
  const answer = await callApi<LoginAnswer>(server, { method: 'POST', path: '/auth/login', body });
  writeConfig(terminal.env, {
    server,
    username: options.username,
    session_token: answer.session_token,
    expires_at: answer.expires_at,
    ...tokensOf(answer, Date.now()),
  });
  print(terminal, `Logged in to ${server} as ${options.username}.`);
}
