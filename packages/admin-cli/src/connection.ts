import { serviceKey } from '@artdag/actor-context';
import { readSecret } from '@artdag/service-kit';
import { CliError } from './cli-error.ts';
import { readFromDataFolder } from './data-folder.ts';

/** Where auth is, and the key with which `admin` proves itself to it. */
export interface Connection {
  authUrl: string;
  serviceKey: string;
}

const defaultUrl = 'http://127.0.0.1:7011';

/** Whom we call besides auth: the variable with the address, and the port of its own. */
const called = {
  identity: { variable: 'IDENTITY_URL', preset: 'http://127.0.0.1:7021' },
  federation: { variable: 'FEDERATION_URL', preset: 'http://127.0.0.1:8202' },
  'l1-bridge': { variable: 'L1_BRIDGE_URL', preset: 'http://127.0.0.1:8203' },
  'asset-registry': { variable: 'ASSET_REGISTRY_URL', preset: 'http://127.0.0.1:8201' },
} as const;

export type CalledService = keyof typeof called;

/**
 * From AUTH_URL and SERVICE_KEY or INTERNAL_SECRET (also as files, like every secret). What is not set is taken from the data folder of a
 * standalone suite on this machine.
 *
 * @throws CliError that says what to set
 */
export function connectionOf(env: NodeJS.ProcessEnv): Connection {
  const authUrl = env['AUTH_URL'] || readFromDataFolder(env, 'run', 'auth.url') || defaultUrl;
  if (!URL.canParse(authUrl)) throw new CliError(`AUTH_URL is "${authUrl}", wants a URL such as ${defaultUrl}.`);
  const key = readSecret(env, 'SERVICE_KEY');
  return { authUrl: authUrl.replace(/\/+$/, ''), serviceKey: key ?? serviceKey(internalSecretOf(env), 'admin') };
}

/** A service's variable, or where a standalone suite on this machine has it. @throws CliError */
export function serviceUrlOf(env: NodeJS.ProcessEnv, service: CalledService): { url: string; variable: string } {
  const { variable, preset } = called[service];
  const url = env[variable] || readFromDataFolder(env, 'run', `${service}.url`) || preset;
  if (URL.canParse(url)) return { url: url.replace(/\/+$/, ''), variable };
  throw new CliError(`${variable} is "${url}", wants a URL such as ${preset}.`);
}

/** @throws CliError */
export function internalSecretOf(env: NodeJS.ProcessEnv): string {
  const secret = readSecret(env, 'INTERNAL_SECRET') ?? readFromDataFolder(env, 'secrets', 'internal_secret');
  if (secret !== undefined) return secret;
  throw new CliError(
    'Set INTERNAL_SECRET or INTERNAL_SECRET_FILE (or, for calls to auth, SERVICE_KEY, the key of admin), or ARTDAG_DATA to the folder of a standalone suite.',
  );
}
