import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { addKey, type AddKeyOptions } from './add-key.ts';
import { listKeys, type ListKeysOptions } from './list-keys.ts';
import { newKey, type NewKeyOptions } from './new-key.ts';
import { revokeKey, type RevokeKeyOptions } from './revoke-key.ts';

/** `artdag keys …` */
export function addKeysCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('make, add, list and revoke the keys that sign for you');
  keys
    .command('new')
    .description('make an Ed25519 key in a file of your own; nothing is sent')
    .option('--out <file>', 'the file (default: <label or fingerprint>.pem in the folder keys beside the login)')
    .option('--label <name>', 'what the file is called')
    .option('--force', 'replace the key in a file that is there')
    .option('--json', 'print the public half and where the key is')
    .action((options: NewKeyOptions) => newKey(terminal, options));
  keys
    .command('add <file>')
    .description('add a second key, proven by itself and by the login in use')
    .option('--label <text>', 'what the key is called at the server (default: the name of the file)')
    .option('--json', 'print the answer of the server')
    .action((file: string, options: AddKeyOptions) => addKey(terminal, file, options));
  keys
    .command('list')
    .description('list your keys')
    .option('--json', 'print the answer of the server')
    .action((options: ListKeysOptions) => listKeys(terminal, options));
  keys
    .command('revoke <key>')
    .description('end a key, named by its id or the beginning of its fingerprint, for good')
    .option('--yes', 'do not ask, even when it is your last key or the one in use')
    .option('--json', 'print what was revoked')
    .action((key: string, options: RevokeKeyOptions) => revokeKey(terminal, key, options));
}
