import { serviceKey } from '@artdag/actor-context';
import type { Command } from 'commander';
import { internalSecretOf } from '../connection.ts';
import { contextOf } from '../context.ts';
import type { Terminal } from '../terminal.ts';

/** Whoever has a service key; auth has the secret itself. */
const services = ['gateway', 'identity', 'asset-registry', 'federation', 'l1-bridge', 'web', 'admin'];

/** `service-keys`: each service's SERVICE_KEY, derived from INTERNAL_SECRET here and now. */
export function addServiceKeysCommand(program: Command, terminal: Terminal): void {
  program
    .command('service-keys')
    .description('print the SERVICE_KEY of each service; they are secrets')
    .action((_options, command: Command) => {
      const secret = internalSecretOf(terminal.env);
      const keys = Object.fromEntries(services.map((name) => [name, serviceKey(secret, name)]));
      const lines = Object.entries(keys).map(([name, key]) => `${name.padEnd(14)}  ${key}`);
      contextOf(terminal, command).print({ service_keys: keys }, lines.join('\n'));
    });
}
