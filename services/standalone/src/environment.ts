import type { Server } from 'node:http';
import { serviceKey } from '@artdag/actor-context';
import { readSecret } from '@artdag/service-kit';
import { laptopDefaults, type StandaloneConfig } from './config.ts';
import { portOf } from './listeners.ts';
import { urlVariable, type ServiceName } from './names.ts';
import { keptSecret } from './secrets.ts';

type Servers = ReadonlyMap<ServiceName, Server>;

/** A secret that the operator gave wins over the one that standalone keeps. */
function secret(config: StandaloneConfig, name: string): Record<string, string> {
  const { env, dataFolder } = config;
  return readSecret(env, name) ? {} : { [name]: keptSecret(dataFolder, name.toLowerCase()) };
}

/** What the services' configs are read from: the caller's environment, the kept secrets, the peers' addresses, small pools. */
export function sharedEnvironment(config: StandaloneConfig, databaseUrl: string, servers: Servers): NodeJS.ProcessEnv {
  const { env, dataFolder } = config;
  const gateway = servers.get('gateway');
  const addresses = [...servers].map(([name, server]) => [urlVariable(name), `http://127.0.0.1:${portOf(server)}`]);
  return {
    ...env,
    ...(gateway ? laptopDefaults(env, portOf(gateway)) : {}),
    ...secret(config, 'JWT_SECRET'),
    ...secret(config, 'INTERNAL_SECRET'),
    ...secret(config, 'DATA_ENCRYPTION_KEY'),
    ...Object.fromEntries(addresses),
    ARTDAG_DATA: dataFolder,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MAX: env['DATABASE_POOL_MAX'] || '5',
    LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
  };
}

/**
 * One service's own: its key, and whose `X-Forwarded-For` it believes: inside, that of the gateway. Its host and port say nothing, as its listener
 * exists already.
 */
export function serviceEnvironment(shared: NodeJS.ProcessEnv, name: ServiceName): NodeJS.ProcessEnv {
  const trusted = name === 'gateway' ? {} : { TRUSTED_PROXIES: '127.0.0.0/8' };
  return { ...shared, ...trusted, SERVICE_KEY: serviceKey(readSecret(shared, 'INTERNAL_SECRET') ?? '', name) };
}
