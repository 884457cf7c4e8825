import { Command } from 'commander';
import { assets, type AssetsOptions } from './commands/assets.ts';
import { login, type LoginOptions } from './commands/login.ts';
import { upload, type UploadOptions } from './commands/upload.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

const repeatable = (value: string, previous: string[] = []): string[] => [...previous, value];

/** The whole command line of `artdag`. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('artdag')
    .description('Register works in an Art DAG L2 ownership registry.')
    .version(version);
  program
    .command('login')
    .description('log in and remember the session in ~/.artdag/client.json')
    .option('--server <url>', 'address of the L2 server', 'http://localhost:8200')
    .requiredOption('--username <name>', 'your user name')
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .action((options: LoginOptions) => login(terminal, options));
  program
    .command('upload <file>')
    .description('claim a file by its SHA3-256 hash; its bytes never leave this machine')
    .option('--name <name>', 'name of the asset (default: the name of the file)')
    .option(
      '--type <type>',
      'image, video, audio, effect, recipe, infrastructure, document or unknown (default: by the ending)',
    )
    .option('--tag <tag>', 'a tag; may be repeated', repeatable)
    .option('--description <text>', 'up to 4000 characters')
    .option('--url <url>', 'where the work can be seen')
    .option('--json', 'print the answer of the server')
    .action((file: string, options: UploadOptions) => upload(terminal, file, options));
  program
    .command('assets')
    .description('list registered assets, the newest first')
    .option('--owner <name>', 'of this user only')
    .option('--type <type>', 'of this type only')
    .option('--tag <tag>', 'with this tag; may be repeated', repeatable)
    .option('--query <text>', 'with this text in name or description')
    .option('--limit <n>', 'at most this many, 1 to 100', '50')
    .option('--cursor <cursor>', 'go on after an earlier page')
    .option('--json', 'print the answer of the server')
    .action((options: AssetsOptions) => assets(terminal, options));
  return program;
}
