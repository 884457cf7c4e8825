import type { Command } from 'commander';
import { confirm } from '../ask.ts';
import { contextOf } from '../context.ts';
import { formatTable } from '../format.ts';
import { auditName, printable } from '../printable.ts';
import { withService } from '../service-client.ts';
import type { Terminal } from '../terminal.ts';

interface Rule {
  host: string;
  reason: string | null;
  created_at: string;
}

interface Rules {
  mode: 'open' | 'allow-list';
  blocked: Rule[];
  allowed: Rule[];
}

interface Blocked {
  host: string;
  is_new: boolean;
  deliveries: number;
  followers: number;
  following: number;
}

const hostArgument = 'such as example.com; it covers its subdomains';

/** `rules`, `block`, `unblock`, `allow`, `disallow`. */
export function addRuleCommands(group: Command, terminal: Terminal): void {
  addRules(group, terminal);
  addBlock(group, terminal);
  const simple = [
    { name: 'unblock', does: 'take a block back; what it ended does not come back', said: 'is not blocked any more' },
    {
      name: 'allow',
      does: 'talk to a host, where only some are talked to (FEDERATION_MODE=allow-list)',
      said: 'is allowed',
    },
    { name: 'disallow', does: 'take that back', said: 'is not allowed any more' },
  ];
  for (const { name, does, said } of simple) {
    const command = group.command(name).description(does).argument('<host>', hostArgument);
    if (name === 'allow') command.option('--reason <text>', 'for whoever reads the rules');
    command.action(async (host: string, { reason }: { reason?: string }, self: Command) => {
      const { client, print } = contextOf(terminal, self);
      await client().post('/notes', { action: `federation.${name}`, target: auditName(host), options: {} });
      const answer = await withService(terminal.env, 'federation', (federation) =>
        federation.post<{ host: string }>(`/federation/${name}`, { host, ...(reason !== undefined && { reason }) }),
      );
      print(answer, `${printable(answer.host)} ${said}.`);
    });
  }
}

function addRules(group: Command, terminal: Terminal): void {
  group
    .command('rules')
    .description('list blocked and allowed hosts')
    .action(async (_options, command: Command) => {
      const { print } = contextOf(terminal, command);
      const rules = await withService(terminal.env, 'federation', (federation) =>
        federation.post<Rules>('/federation/rules', {}),
      );
      const rows = (['blocked', 'allowed'] as const).flatMap((kind) =>
        rules[kind].map(({ host, reason, created_at: at }) => [
          kind,
          printable(host, 80),
          at.slice(0, 10),
          printable(reason ?? '-'),
        ]),
      );
      const mode = rules.mode === 'open' ? 'everybody but blocked hosts' : 'allowed hosts only';
      const table = formatTable(['RULE', 'HOST', 'SINCE', 'REASON'], rows, 'There are no rules.');
      print(rules, `We talk to ${mode}.\n${table}`);
    });
}

function addBlock(group: Command, terminal: Terminal): void {
  group
    .command('block')
    .description('take nothing from a host, fetch nothing, send nothing; its followers and what waits for it go')
    .argument('<host>', hostArgument)
    .option('--reason <text>', 'for whoever reads the rules')
    .option('--yes', 'do not ask')
    .action(async (host: string, options: { reason?: string; yes?: boolean }, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      if (options.yes !== true) {
        await confirm(terminal, `Followers on ${printable(host)} do not come back when it is unblocked. Block it?`);
      }
      await client().post('/notes', { action: 'federation.block', target: auditName(host), options: {} });
      const reason = options.reason ?? null;
      const blocked = await withService(terminal.env, 'federation', (federation) =>
        federation.post<Blocked>('/federation/block', { host, reason }),
      );
      const { deliveries, followers, following } = blocked;
      const ended = `${followers} followers, ${following} followed, ${deliveries} deliveries ended by it`;
      print(blocked, `${printable(blocked.host)} is blocked, with its subdomains: ${ended}.`);
    });
}
