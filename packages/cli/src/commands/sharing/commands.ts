import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { share, type ShareOptions } from './share.ts';

/** `share` and `unshare`. */
export function addSharingCommands(program: Command, terminal: Terminal): void {
  program
    .command('share <work>')
    .description(
      'announce a work to your followers: the name of an asset, or the URL of an object or activity anywhere',
    )
    .option('--json', 'print the answer of the server')
    .action((work: string, options: ShareOptions) => share(terminal, '/share', work, options));
  program
    .command('unshare <work>')
    .description('take that back')
    .option('--json', 'print the answer of the server')
    .action((work: string, options: ShareOptions) => share(terminal, '/unshare', work, options));
}
