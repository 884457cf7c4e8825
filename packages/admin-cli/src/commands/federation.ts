import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { auditName, printable } from '../printable.ts';
import { withService } from '../service-client.ts';
import type { Terminal } from '../terminal.ts';
import { addInboxCommands } from './federation-inbox.ts';
import { addRuleCommands } from './federation-rules.ts';
import { deliveryTable, hostTable, type DeliveryState, type HostState } from './federation-tables.ts';

interface HostOptions {
  troubled?: boolean;
  limit: string;
}

interface DeliveryOptions {
  state: string;
  host?: string;
  actor?: string;
  after?: string;
  limit: string;
}

interface Retried {
  revived: number;
  hurried: number;
  closed: boolean;
}

/** `federation hosts|deliveries|retry|inbox|replay|rules|block|unblock|allow|disallow`. */
export function addFederationCommands(program: Command, terminal: Terminal): void {
  const group = program.command('federation').description('whom we talk to, and what waits to be sent');
  addHosts(group, terminal);
  addDeliveries(group, terminal);
  addRetry(group, terminal);
  addInboxCommands(group, terminal);
  addRuleCommands(group, terminal);
}

function addHosts(group: Command, terminal: Terminal): void {
  group
    .command('hosts')
    .description('show how the hosts do that we send to; those that fail stand first')
    .argument('[host]', 'only this one, such as example.com or example.com:8443')
    .option('--troubled', 'only those that fail, or for which deliveries were given up')
    .option('--limit <n>', 'how many at most', '100')
    .action(async (host: string | undefined, { troubled = false, limit }: HostOptions, command: Command) => {
      const { print } = contextOf(terminal, command);
      const asked = { ...(host !== undefined && { host }), troubled, limit: Number(limit) };
      const answer = await withService(terminal.env, 'federation', (federation) =>
        federation.post<{ hosts: HostState[] }>('/federation/hosts', asked),
      );
      print(answer, hostTable(answer.hosts, new Date()));
    });
}

function addDeliveries(group: Command, terminal: Terminal): void {
  group
    .command('deliveries')
    .description('list deliveries: what waits, or what was given up')
    .option('--state <state>', 'pending, dead (given up), dropped or delivered', 'pending')
    .option('--host <host>', 'only to this host')
    .option('--actor <url>', 'only of this actor of ours')
    .option('--after <id>', 'go on after this one')
    .option('--limit <n>', 'how many at most', '50')
    .action(async (options: DeliveryOptions, command: Command) => {
      const { print } = contextOf(terminal, command);
      const asked = { ...options, limit: Number(options.limit) };
      const answer = await withService(terminal.env, 'federation', (federation) =>
        federation.post<{ deliveries: DeliveryState[] }>('/federation/deliveries', asked),
      );
      const last = answer.deliveries.length === asked.limit ? answer.deliveries.at(-1) : undefined;
      const more = last === undefined ? '' : `\nThere may be more: --after ${last.id}`;
      print(answer, deliveryTable(answer.deliveries, options.state, new Date()) + more);
    });
}

function addRetry(group: Command, terminal: Terminal): void {
  group
    .command('retry')
    .description('try now what waits or was given up: one delivery, or all of a host')
    .argument('[id]', 'of a delivery')
    .option('--host <host>', 'instead: all of this host, which counts as well again')
    .action(async (id: string | undefined, { host }: { host?: string }, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const wanted = { ...(id !== undefined && { id }), ...(host !== undefined && { host }) };
      await client().post('/notes', { action: 'federation.retry', target: id ?? auditName(host ?? ''), options: {} });
      const done = await withService(terminal.env, 'federation', (federation) =>
        federation.post<Retried>('/federation/retry', wanted),
      );
      const counts = `${done.hurried} that waited and ${done.revived} that were given up`;
      const again = done.closed ? ' The host is not left alone any more.' : '';
      print(done, `Tried from now on: ${counts}${host === undefined ? '' : ` of ${printable(host)}`}.${again}`);
    });
}
