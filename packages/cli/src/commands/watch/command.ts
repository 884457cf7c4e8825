import { Option, type Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { watch, type WatchOptions } from './watch.ts';
import { repeatable } from '../../repeatable.ts';

const help = `
ACTOR is a username, @name@host, or the actor's URL. The newest ten claims are checked, and all that come from now on; with --since those
from there on. What was seen is kept in the folder watch beside the login, and every later look holds the log to it.
A line that begins with ALARM says what does not fit. With --once the exit code is 0 when all fits, 1 after an alarm, 2 when the command is
wrong, 3 when the server cannot be asked.`;

/** `artdag watch …` */
export function addWatchCommand(program: Command, terminal: Terminal): void {
  program
    .command('watch <actor>')
    .description("show an actor's claims as they come, and check all that is shown against the log")
    .option('--server <url>', 'address of the L2 server')
    .option(
      '--log-key <vkey>',
      'a log key that you trust; may be repeated (default: those that the server names the first time)',
      repeatable,
    )
    .option('--since <when>', 'start, a time span such as 7d, a date, or an index of the log')
    .addOption(new Option('--from-start', 'check the whole log, as --since start').conflicts('since'))
    .option('--once', 'look once, wait for what is under way, and end')
    .option('--interval <seconds>', 'between two looks', '10')
    .option('--grace <seconds>', 'how long what belongs together may take to be there', '60')
    .option('--json', 'print a line of JSON for each thing')
    .addHelpText('after', help)
    .action((actor: string, options: WatchOptions) => watch(terminal, actor, options));
}
