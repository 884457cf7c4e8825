import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { request, type RequestOptions } from './request.ts';
import { repeatable } from '../../repeatable.ts';

const help = `
The path is sent exactly as given, with its query. Exit codes: 0 for a status below 400, 1 for others, 2 for 401.
Without a login: ARTDAG_KEY, ARTDAG_HANDLE and ARTDAG_SERVER, or the options of these names.`;

/** `artdag request …` */
export function addRequestCommand(program: Command, terminal: Terminal): void {
  program
    .command('request <method> <path>')
    .description('make any call of the API, signed by your key, and print the answer')
    .option('-d, --data <data>', 'the body: a text, @FILE, or @- for standard input')
    .option('-H, --header <line>', "a header, 'Name: value'; may be repeated", repeatable)
    .option('-o, --output <file>', 'write the answer there, unless it is a refusal')
    .option('-i, --include', 'print its status and headers first')
    .option('--json', 'print status, headers and body as one line of JSON')
    .option('--key <file>', 'sign with this key instead of the login')
    .option('--handle <name>', 'whose key it is')
    .option('--server <url>', 'address of the L2 server')
    .option('--v1', 'sign the older text, which binds no host; only for servers that take no other')
    .option('--show-signature', 'show on standard error what is signed, and the signature')
    .option('--dry-run', 'show that on standard output and send nothing')
    .option('--timestamp <seconds>', 'sign for this time; with --dry-run only')
    .addHelpText('after', help)
    .action((method: string, path: string, options: RequestOptions) => request(terminal, method, path, options));
}
