import { homedir } from 'node:os';
import { join } from 'node:path';
import { readSecret } from '@artdag/service-kit';
import { StartupError } from './startup-error.ts';

/** How the suite in one process is to run; the services' own settings are read from `env`. */
export interface StandaloneConfig {
  dataFolder: string;
  host: string;
  port: number;
  /** Unset: the embedded PostgreSQL. */
  databaseUrl: string | undefined;
  /** Unset: the in-process store. */
  redisUrl: string | undefined;
  /** Unset: the in-process event transport. */
  rabbitmqUrl: string | undefined;
  env: NodeJS.ProcessEnv;
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    throw new StartupError('this user has no home folder. Set ARTDAG_DATA to a folder that you may write to.');
  }
}

/** `~` and `~/…` are the home folder; Node does not expand them. */
function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homeFolder(), path.slice(1)) : path;
}

function readPort(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65535) return port;
  throw new StartupError(`PORT: got "${value}", wants a whole number from 0 to 65535.`);
}

/** The host that the gateway listens on: loopback on somebody's laptop, everywhere when the suite has a public name. */
function isLaptop(env: NodeJS.ProcessEnv): boolean {
  return !env['ARTDAG_DOMAIN'] && !env['PUBLIC_SCHEME'];
}

/**
 * Neither a domain nor a scheme given means somebody's laptop: http on loopback, and loopback peers allowed. Setting either ends all of that.
 *
 * @param port the port that the gateway really has
 */
export function laptopDefaults(env: NodeJS.ProcessEnv, port: number): NodeJS.ProcessEnv {
  if (!isLaptop(env)) return {};
  return {
    ARTDAG_DOMAIN: `localhost:${port}`,
    PUBLIC_SCHEME: 'http',
    PUBLIC_HOSTS: env['PUBLIC_HOSTS'] || `localhost:${port},127.0.0.1:${port}`,
    ALLOWED_PRIVATE_CIDRS: env['ALLOWED_PRIVATE_CIDRS'] || '127.0.0.0/8,::1/128',
    ALLOW_HTTP_L1: env['ALLOW_HTTP_L1'] || 'true',
  };
}

/** Reads the environment, which main.ts passes in. */
export function loadConfig(env: NodeJS.ProcessEnv): StandaloneConfig {
  return {
    dataFolder: expandHome(env['ARTDAG_DATA'] || '~/.artdag/l2'),
    host: env['HOST'] || (isLaptop(env) ? '127.0.0.1' : '0.0.0.0'),
    port: readPort(env['PORT'] || '8200'),
    databaseUrl: readSecret(env, 'DATABASE_URL'),
    redisUrl: readSecret(env, 'REDIS_URL'),
    rabbitmqUrl: readSecret(env, 'RABBITMQ_URL'),
    env,
  };
}
