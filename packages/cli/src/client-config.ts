import { readFileSync, rmSync } from 'node:fs';
import { CliError } from './cli-error.ts';
import { clientPath } from './client-folder.ts';
import { writePrivateFile } from './private-file.ts';

/** What a login by password remembers. Times are ISO 8601. */
export interface SessionLogin {
  server: string;
  username: string;
  session_token: string;
  /** Of the session. */
  expires_at: string;
  access_token?: string;
  /** By this machine's clock. */
  access_expires_at?: string;
  /** Good for one use: what `/auth/refresh` answers takes its place. */
  refresh_token?: string;
}

/** What a login by key remembers: where the key is, and nothing of what is in it. */
export interface KeyLogin {
  server: string;
  /** The handle that requests are signed as. */
  username: string;
  /** Absolute path of the key's file. */
  key: string;
  /** The server's name for the key. */
  key_id: string;
  fingerprint: string;
}

/** What a login by API key remembers. */
export interface ApiKeyLogin {
  server: string;
  username: string;
  api_key: string;
}

/** What `artdag login` remembers. */
export type ClientConfig = SessionLogin | KeyLogin | ApiKeyLogin;

const sessionMembers = ['server', 'username', 'session_token', 'expires_at'];
const keyMembers = ['server', 'username', 'key', 'key_id', 'fingerprint'];
const apiKeyMembers = ['server', 'username', 'api_key'];

/** `client.json` in the client's folder, or the file that ARTDAG_CLIENT_CONFIG names. */
export function configPath(env: NodeJS.ProcessEnv): string {
  return env['ARTDAG_CLIENT_CONFIG'] || clientPath(env, 'client.json');
}

export function isKeyLogin(config: ClientConfig): config is KeyLogin {
  return 'key' in config;
}

export function isApiKeyLogin(config: ClientConfig): config is ApiKeyLogin {
  return 'api_key' in config;
}

export function isSessionLogin(config: ClientConfig): config is SessionLogin {
  return 'session_token' in config;
}

function isConfig(value: unknown): value is ClientConfig {
  if (typeof value !== 'object' || value === null) return false;
  const hasTexts = (keys: string[]): boolean => keys.every((key) => typeof Reflect.get(value, key) === 'string');
  if ('api_key' in value) return hasTexts(apiKeyMembers);
  return hasTexts('key' in value ? keyMembers : sessionMembers);
}

/** Undefined when nobody is logged in. @throws CliError when the file is not ours */
export function findConfig(env: NodeJS.ProcessEnv): ClientConfig | undefined {
  const path = configPath(env);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CliError(
      `${path} cannot be read (${String(code)}). It holds your login: see that it is yours to read.`,
      2,
    );
  }
  const parsed = safeParse(text);
  if (!isConfig(parsed)) throw new CliError(`${path} is damaged. Run artdag login again.`, 2);
  return parsed;
}

/** @throws CliError when nobody is logged in, or the file is not ours */
export function readConfig(env: NodeJS.ProcessEnv): ClientConfig {
  const config = findConfig(env);
  if (config) return config;
  throw new CliError(
    'you are not logged in. Run: artdag login --server URL --username NAME (or --key FILE, or --api-key-stdin)',
    2,
    'not_logged_in',
  );
}

/** Removes all that was remembered. */
export function forgetConfig(env: NodeJS.ProcessEnv): void {
  rmSync(configPath(env), { force: true });
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes the file whole or not at all, readable by its owner alone. */
export function writeConfig(env: NodeJS.ProcessEnv, config: ClientConfig): string {
  const path = configPath(env);
  writePrivateFile(path, `${JSON.stringify(config, null, 2)}\n`);
  return path;
}
