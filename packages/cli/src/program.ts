import { Command } from 'commander';
import { addAgentsCommands } from './commands/agents/commands.ts';
import { assets, type AssetsOptions } from './commands/assets.ts';
import { addKeysCommands } from './commands/keys/commands.ts';
import { login, type LoginOptions } from './commands/login.ts';
import { logout, type LogoutOptions } from './commands/logout.ts';
import { addRequestCommand } from './commands/request/command.ts';
import { addVerifyCommands } from './commands/verify/command.ts';
import { addWatchCommand } from './commands/watch/command.ts';
import { upload, type UploadOptions } from './commands/upload.ts';
import { whoami, type WhoamiOptions } from './commands/whoami.ts';
import { defaultServer } from './caller.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

const repeatable = (value: string, previous: string[] = []): string[] => [...previous, value];

/** The whole command line of `artdag`. */
export function createProgram(surroundings: Terminal): Command {
  const terminal = { ...surroundings, env: { ...surroundings.env } };
  const program = new Command('artdag')
    .description('Register works in an Art DAG L2 ownership registry.')
    .version(version)
    .option(
      '--api-key <key>',
      'use this API key instead of a login; others on this machine may see it, unlike ARTDAG_API_KEY',
    )
    .hook('preAction', (command) => {
      const { apiKey } = command.opts<{ apiKey?: string }>();
      if (apiKey === undefined) return;
      terminal.env['ARTDAG_API_KEY'] = apiKey;
      delete terminal.env['ARTDAG_KEY'];
    });
  addLoginCommands(program, terminal);
  program
    .command('whoami')
    .description('say who the server takes you for')
    .option('--json', 'print the answer of the server')
    .action((options: WhoamiOptions) => whoami(terminal, options));
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
  addKeysCommands(program, terminal);
  addAgentsCommands(program, terminal);
  addRequestCommand(program, terminal);
  addVerifyCommands(program, terminal);
  addWatchCommand(program, terminal);
  return program;
}

function addLoginCommands(program: Command, terminal: Terminal): void {
  program
    .command('login')
    .description('log in by password or by key and remember it in ~/.artdag/client.json')
    .option('--server <url>', 'address of the L2 server', defaultServer)
    .option('--username <name>', 'your user name, to log in by password')
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .option('--key <file>', 'log in by this key, from artdag keys new, and sign every call with it')
    .option('--handle <name>', 'the name to register with a key that the server does not know')
    .option('--display-name <text>', 'what you are called, when you register')
    .option('--label <text>', 'what the key is called, when you register (default: the name of its file)')
    .action((options: LoginOptions) => login(terminal, options));
  program
    .command('logout')
    .description('end the session and forget it; a key stays valid and is no longer used')
    .option('--all', 'end all sessions of the account')
    .action((options: LogoutOptions) => logout(terminal, options));
}
