import { askPassword } from '../ask-password.ts';
import { callApi } from '../api.ts';
import { CliError } from '../cli-error.ts';
import { writeConfig } from '../client-config.ts';
import { print, readAll, type Terminal } from '../terminal.ts';

export interface LoginOptions {
  server: string;
  username: string;
  passwordStdin?: boolean;
}

interface LoginAnswer {
  session_token: string;
  expires_at: string;
}

/** Scheme, host and port of the server, without a path or a trailing slash. */
function serverOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  throw new CliError(`"${text}" is no server address. Give one such as https://l2.example.org`);
}

/** Logs in with a password and remembers the session in the client's file. */
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
    token: answer.session_token,
    expires_at: answer.expires_at,
  });
  print(terminal, `Logged in to ${server} as ${options.username}.`);
}
