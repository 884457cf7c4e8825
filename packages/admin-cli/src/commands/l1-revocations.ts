import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import { formatTable } from '../format.ts';
import { auditName, printable } from '../printable.ts';
import { withService } from '../service-client.ts';
import { spanBetween } from '../span.ts';
import type { Terminal } from '../terminal.ts';

interface RevocationState {
  id: string;
  l1_url: string;
  username: string;
  reason: string;
  state: string;
  attempts: number;
  created_at: string;
  next_at: string;
  last_error: string | null;
}

interface ListOptions {
  state: string;
  l1?: string;
  after?: string;
  limit: string;
}

/** `l1 revocations|retry`: what L1s are still to be told of tokens that died. */
export function addRevocationCommands(group: Command, terminal: Terminal): void {
  addRevocations(group, terminal);
  addRetry(group, terminal);
}

function addRevocations(group: Command, terminal: Terminal): void {
  group
    .command('revocations')
    .description('list what L1s are to be told of dead tokens: what waits, or what was given up')
    .option('--state <state>', 'pending, dead (given up) or done', 'pending')
    .option('--l1 <url>', 'only to this L1')
    .option('--after <id>', 'go on after this one')
    .option('--limit <n>', 'how many at most', '50')
    .action(async (options: ListOptions, command: Command) => {
      const { print } = contextOf(terminal, command);
      const asked = { ...options, limit: Number(options.limit) };
      const answer = await withService(terminal.env, 'l1-bridge', (bridge) =>
        bridge.post<{ revocations: RevocationState[] }>('/l1/revocations', asked),
      );
      const last = answer.revocations.length === asked.limit ? answer.revocations.at(-1) : undefined;
      const more = last === undefined ? '' : `\nThere may be more: --after ${last.id}`;
      print(answer, revocationTable(answer.revocations, options.state, new Date()) + more);
    });
}

function addRetry(group: Command, terminal: Terminal): void {
  group
    .command('retry')
    .description('tell L1s now what waits or was given up: one call, or all to an L1')
    .argument('[id]', 'of a call')
    .option('--l1 <url>', 'instead: all to this L1')
    .action(async (id: string | undefined, { l1 }: { l1?: string }, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const wanted = { ...(id !== undefined && { id }), ...(l1 !== undefined && { l1 }) };
      const target = id ?? auditName((l1 ?? '').replace(/^https?:\/\//i, ''));
      await client().post('/notes', { action: 'l1.retry', target, options: {} });
      const done = await withService(terminal.env, 'l1-bridge', (bridge) =>
        bridge.post<{ revived: number; hurried: number }>('/l1/retry', wanted),
      );
      const counts = `${done.hurried} that waited and ${done.revived} that were given up`;
      print(done, `Tried from now on: ${counts}${l1 === undefined ? '' : ` of ${printable(l1)}`}.`);
    });
}

function revocationTable(revocations: readonly RevocationState[], state: string, now: Date): string {
  const when = state === 'pending' ? 'NEXT IN' : 'ENDED';
  const heading = ['ID', 'L1', 'OF', 'REASON', 'ATTEMPTS', 'AGE', when, 'LAST ERROR'];
  const rows = revocations.map((one) => [
    one.id,
    printable(one.l1_url, 80),
    printable(one.username, 40),
    printable(one.reason, 30),
    String(one.attempts),
    spanBetween(new Date(one.created_at), now),
    one.state === 'pending' ? spanBetween(now, new Date(one.next_at)) : one.state,
    printable(one.last_error ?? '-', 80),
  ]);
  return formatTable(heading, rows, `No call to an L1 is ${state}.`);
}
