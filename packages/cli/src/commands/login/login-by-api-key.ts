import { callApi } from '../../api.ts';
import { askPassword } from '../../ask-password.ts';
import { CliError } from '../../cli-error.ts';
import { writeConfig } from '../../client-config.ts';
import { serverOrigin } from '../../server-origin.ts';
import { print, printJson, readAll, type Terminal } from '../../terminal.ts';

export interface ApiKeyLoginOptions {
  server: string;
  json?: boolean;
}

interface Me {
  username: string;
  auth: { expires_at: string | null };
}

/** Remembers an API key that the server takes; it is read from standard input, or asked for on a terminal. */
export async function loginByApiKey(terminal: Terminal, options: ApiKeyLoginOptions): Promise<void> {
  const server = serverOrigin(options.server);
  const secret = (terminal.stdin.isTTY ? await askPassword(terminal, 'API key: ') : await readAll(terminal)).trim();
  if (!/^[\x21-\x7e]{1,512}$/.test(secret)) {
    throw new CliError(
      'standard input holds no API key. Make one with artdag tokens new LABEL --kind api-key, and give it there.',
    );
  }
  const credential = { kind: 'api_key' as const, secret };
  const { username, auth } = await callApi<Me>(server, { path: '/auth/me', credential });
  writeConfig(terminal.env, { server, username, api_key: secret });
  const { expires_at } = auth;
  if (options.json) return printJson(terminal, { server, username, method: 'api_key', expires_at });
  print(terminal, `Logged in to ${server} as ${username}, by an API key${expires_at ? ` until ${expires_at}` : ''}.`);
}
