import type { Command } from 'commander';
import { confirm } from '../ask.ts';
import { contextOf } from '../context.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { endedWords, evictAll } from './evict.ts';
import { changeL1 } from './l1-servers.ts';

/** `drain --l1`, `uncordon --l1`: an L1 out of use, and back. */
export function addDrainCommands(program: Command, terminal: Terminal): void {
  program
    .command('drain')
    .description('let nobody new attach to an L1; who is attached may go on')
    .requiredOption('--l1 <url>', 'which')
    .option('--evict', 'also end everybody’s tokens there, and tell it')
    .option('--yes', 'do not ask before that')
    .action(async ({ l1, evict = false, yes }: { l1: string; evict?: boolean; yes?: boolean }, command: Command) => {
      const question = `Everybody who works at ${printable(l1)} is thrown out. End their tokens?`;
      if (evict && yes !== true) await confirm(terminal, question);
      const change = {
        action: 'l1.drained',
        path: '/set-status',
        url: l1,
        body: { status: 'draining' },
        options: { evict },
      };
      const drained = await changeL1<{ url: string }>(terminal, command, change);
      const evicted = evict ? await evictAll(terminal, drained.url) : undefined;
      const said = evicted === undefined ? '' : ` ${endedWords(evicted)}`;
      const answer = { url: drained.url, status: 'draining', ...(evicted !== undefined && { evicted }) };
      contextOf(terminal, command).print(answer, `${printable(drained.url)} takes nobody new.${said}`);
    });
  program
    .command('uncordon')
    .description('take an L1 back into use after drain')
    .requiredOption('--l1 <url>', 'which')
    .action(async ({ l1 }: { l1: string }, command: Command) => {
      const change = { action: 'l1.uncordoned', path: '/set-status', url: l1, body: { status: 'active' } };
      const set = await changeL1<{ url: string; status: string }>(terminal, command, change);
      contextOf(terminal, command).print(set, `${printable(set.url)} takes people again.`);
    });
}
