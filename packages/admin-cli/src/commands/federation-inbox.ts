import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import { formatTable } from '../format.ts';
import { auditName, printable } from '../printable.ts';
import { withService } from '../service-client.ts';
import type { Terminal } from '../terminal.ts';

interface Parked {
  activity: string;
  actor: string;
  type: string;
  received_at: string;
  parked_at: string;
  last_error: string | null;
}

/** `inbox`, `replay`: what strangers sent and could not be processed. */
export function addInboxCommands(group: Command, terminal: Terminal): void {
  addInbox(group, terminal);
  addReplay(group, terminal);
}

function addInbox(group: Command, terminal: Terminal): void {
  group
    .command('inbox')
    .description('list activities of strangers that could not be processed, newest first')
    .option('--limit <n>', 'how many at most', '50')
    .action(async ({ limit }: { limit: string }, command: Command) => {
      const { print } = contextOf(terminal, command);
      const answer = await withService(terminal.env, 'federation', (federation) =>
        federation.post<{ parked: Parked[] }>('/federation/inbox', { limit: Number(limit) }),
      );
      const rows = answer.parked.map((one) => [
        printable(one.activity, 200),
        printable(one.type, 20),
        one.received_at.slice(0, 16),
        printable(one.last_error ?? '-', 80),
      ]);
      const table = formatTable(['ID', 'TYPE', 'CAME', 'ERROR'], rows, 'None is parked.');
      const next = rows.length === 0 ? '' : '\nOnce that is mended: federation replay <id>, or --all.';
      print(answer, table + next);
    });
}

function addReplay(group: Command, terminal: Terminal): void {
  group
    .command('replay')
    .description('have parked activities tried again, behind all that has come since')
    .argument('[id]', 'of an activity')
    .option('--all', 'instead: all that are parked')
    .action(async (id: string | undefined, { all }: { all?: true }, command: Command) => {
      if ((id === undefined) === (all === undefined)) throw new CliError('Give the id of an activity, or --all.');
      const { client, print } = contextOf(terminal, command);
      const target = id === undefined ? 'all' : auditName(URL.parse(id)?.host ?? '');
      await client().post('/notes', { action: 'federation.replay', target, options: {} });
      const done = await withService(terminal.env, 'federation', (federation) =>
        federation.post<{ replayed: number }>('/federation/replay', id === undefined ? { all } : { id }),
      );
      print(done, `Tried again from now on: ${done.replayed}.`);
    });
}
