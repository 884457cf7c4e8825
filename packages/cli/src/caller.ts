import { callApi } from './api.ts';
import { CliError } from './cli-error.ts';
import { findConfig, isApiKeyLogin, isKeyLogin, readConfig, type KeyLogin } from './client-config.ts';
import type { Credential, Signer } from './credential.ts';
import { readPrivateKey } from './private-key-file.ts';
import { serverOrigin } from './server-origin.ts';
import type { Terminal } from './terminal.ts';
import { currentToken } from './tokens.ts';

export const defaultServer = 'http://localhost:8200';

/** Who uses this command, at which server. */
export interface Caller {
  server: string;
  credential: Credential;
}

/**
 * Whoever uses this command: the key in ARTDAG_KEY, the API key in ARTDAG_API_KEY, else the login that is remembered.
 * The server is the one in ARTDAG_SERVER, else that of the login.
 *
 * @throws CliError when there is none of them, or when there are both keys
 */
export async function callerOf(terminal: Terminal): Promise<Caller> {
  const { ARTDAG_KEY: keyFile, ARTDAG_API_KEY: apiKey, ARTDAG_SERVER: named } = terminal.env;
  if (keyFile && apiKey) throw new CliError('ARTDAG_KEY and ARTDAG_API_KEY are both set. Keep the one to be used.');
  if (keyFile) return callerByKey(terminal.env, keyFile);
  if (apiKey) {
    const server = serverOrigin(named || findConfig(terminal.env)?.server || defaultServer);
    return { server, credential: { kind: 'api_key', secret: apiKey } };
  }
  // A login is good at its own server and goes to no other.
  const config = readConfig(terminal.env);
  const { server } = config;
  if (isKeyLogin(config)) return { server, credential: signerOf(config) };
  if (isApiKeyLogin(config)) return { server, credential: { kind: 'api_key', secret: config.api_key } };
  return { server, credential: { kind: 'bearer', secret: await currentToken(terminal, config) } };
}

/** The signer of a login by key. @throws CliError when its file is gone, open to others, or another key */
export function signerOf({ key: path, fingerprint, username }: KeyLogin): Signer {
  const key = readPrivateKey(path);
  if (key.fingerprint === fingerprint) return { kind: 'msign', handle: username, key };
  throw new CliError(`${path} is another key than the one you logged in with. Run: artdag login --key ${path}`, 2);
}

/** No login is needed; one with the same key tells the handle and the server when they are not given. */
function callerByKey(env: NodeJS.ProcessEnv, keyFile: string): Caller {
  const key = readPrivateKey(keyFile);
  const config = findConfig(env);
  const login = config && isKeyLogin(config) && config.fingerprint === key.fingerprint ? config : undefined;
  const handle = env['ARTDAG_HANDLE'] || login?.username;
  if (!handle) throw new CliError('a key signs for a handle: give yours with --handle or ARTDAG_HANDLE.');
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(handle)) {
    throw new CliError(`"${handle}" is no handle: it has 1 to 64 letters, digits and hyphens.`);
  }
  const server = serverOrigin(env['ARTDAG_SERVER'] || login?.server || defaultServer);
  return { server, credential: { kind: 'msign', handle, key } };
}

/** The handle of the caller, in whose name keys are kept. */
export async function handleOf(terminal: Terminal, { server, credential }: Caller): Promise<string> {
  if (credential.kind === 'msign') return credential.handle;
  const config = credential.kind === 'bearer' ? findConfig(terminal.env) : undefined;
  return config?.username ?? (await callApi<{ username: string }>(server, { path: '/auth/me', credential })).username;
}
