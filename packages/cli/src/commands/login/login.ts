import { CliError } from '../../cli-error.ts';
import type { Terminal } from '../../terminal.ts';
import { loginByApiKey } from './login-by-api-key.ts';
import { loginByKey } from './login-by-key.ts';
import { loginByPassword } from './login-by-password.ts';

export interface LoginOptions {
  server: string;
  username?: string;
  passwordStdin?: boolean;
  key?: string;
  apiKeyStdin?: boolean;
  handle?: string;
  displayName?: string;
  label?: string;
  json?: boolean;
}

/** Logs in by password, by key or by API key; the one takes the place of the other. */
export async function login(terminal: Terminal, options: LoginOptions): Promise<void> {
  const { key, username, apiKeyStdin } = options;
  const ways = [key !== undefined, username !== undefined, apiKeyStdin === true].filter(Boolean).length;
  if (ways !== 1) {
    throw new CliError(
      'log in by --username NAME (with a password), --key FILE, or --api-key-stdin: one of the three.',
    );
  }
  if (key !== undefined) return loginByKey(terminal, { ...options, key });
  if (username !== undefined) return loginByPassword(terminal, { ...options, username });
  return loginByApiKey(terminal, options);
}
