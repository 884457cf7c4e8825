import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { watch, type WatchOptions } from './watch.ts';

const repeatable = (value: string, previous: string[] = []): string[] => [...previous, value];

export function addWatchCommand(program: Command, terminal: Terminal): void {
  program
    .command('watch <actor>')
    .description(
      "show an actor's new claims as they come, and check them against the log: exit code 1 and one line that begins with ALARM when something does not fit",
    )
    .option('--server <url>', 'address of the L2 server')
    .option(
      '--log-key <vkey>',
      'the log key that you trust (default: the one that the server names the first time)',
      repeatable,
    )
    .option('--from-start', 'check the whole log, not only what comes from now on')
    .option('--once', 'look once: what is new since the last time')
    .option('--interval <seconds>', 'between two looks', '10')
    .option('--grace <seconds>', 'how long a claim may be shown before the log has it', '60')
    .option('--json', 'print a line of JSON for each thing')
    .action((actor: string, options: WatchOptions) => watch(terminal, actor, options));
}
