import type { Command } from 'commander';
import { defaultServer } from '../../caller.ts';
import type { Terminal } from '../../terminal.ts';
import { login, type LoginOptions } from './login.ts';
import { logout, type LogoutOptions } from './logout.ts';
import { whoami, type WhoamiOptions } from './whoami.ts';

/** `login`, `logout` and `whoami`. */
export function addLoginCommands(program: Command, terminal: Terminal): void {
  program
    .command('login')
    .description('log in by password, by key or by API key, and remember it')
    .option('--server <url>', 'address of the L2 server', terminal.env['ARTDAG_SERVER'] || defaultServer)
    .option('--username <name>', 'your user name, to log in by password')
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .option('--key <file>', 'log in by this key, from artdag keys new, and sign every call with it')
    .option('--api-key-stdin', 'log in by an API key, read from standard input (or asked for on a terminal)')
    .option('--handle <name>', 'the name to register with a key that the server does not know')
    .option('--display-name <text>', 'what you are called, when you register')
    .option('--label <text>', 'what the key is called, when you register (default: the name of its file)')
    .option('--json', 'print who logged in, where and how')
    .action((options: LoginOptions) => login(terminal, options));
  program
    .command('logout')
    .description('end the session and forget it; a key or API key stays valid and is no longer used')
    .option('--all', 'end all sessions of the account')
    .option('--json', 'print what was done')
    .action((options: LogoutOptions) => logout(terminal, options));
  program
    .command('whoami')
    .description('say who the server takes you for')
    .option('--json', 'print the answer of the server')
    .action((options: WhoamiOptions) => whoami(terminal, options));
}
