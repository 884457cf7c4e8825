import { Option, type Command } from 'commander';
import { repeatable } from '../../repeatable.ts';
import type { Terminal } from '../../terminal.ts';
import { addStorage, type AddStorageOptions } from './add-storage.ts';
import { checkStorage, type CheckStorageOptions } from './check-storage.ts';
import { editStorage, type EditStorageOptions } from './edit-storage.ts';
import { listStorage, type ListStorageOptions } from './list-storage.ts';
import { removeStorage, type RemoveStorageOptions } from './remove-storage.ts';
import { testStorage, type TestStorageOptions } from './test-storage.ts';

const help = `
TYPE is pinata, psa, web3storage, nftstorage, infura, ipfs, filebase, storj, s3 or local. Secrets are never given on the command line: name
their fields with --secret, and give the values in ARTDAG_SECRET_<FIELD>, or by standard input, a line each in the same order.
  artdag storage add psa --set endpoint=https://pins.example.org --secret token < token.txt`;

/** `artdag storage …` */
export function addStorageCommands(program: Command, terminal: Terminal): void {
  const storage = program.command('storage').description('say where your copies are, and whether the places take you');
  storage
    .command('list')
    .description('list your storage providers')
    .option('--json', 'print the answer of the server')
    .action((options: ListStorageOptions) => listStorage(terminal, options));
  storage
    .command('add <type>')
    .description('add a storage provider')
    .option('--name <name>', 'what it is called (default: its type)')
    .option('--capacity-gb <n>', 'how much fits')
    .option('--set <field=value>', 'a field of its configuration; may be repeated', repeatable)
    .option('--secret <field>', 'a field whose value is read, not given; may be repeated', repeatable)
    .option('--json', 'print the answer of the server')
    .addHelpText('after', help)
    .action((type: string, options: AddStorageOptions) => addStorage(terminal, type, options));
  storage
    .command('test <storage>')
    .description('ask a provider, named by its id or name, whether it takes the credentials; exit code 1 when not')
    .option('--json', 'print the answer of the server')
    .action(async (named: string, options: TestStorageOptions) => {
      process.exitCode = await testStorage(terminal, named, options);
    });
  storage
    .command('check <storage>')
    .description('have the copies at a provider looked at now')
    .option('--json', 'print the answer of the server')
    .action((named: string, options: CheckStorageOptions) => checkStorage(terminal, named, options));
  addChangingCommands(storage, terminal);
}

function addChangingCommands(storage: Command, terminal: Terminal): void {
  storage
    .command('edit <storage>')
    .description('change a provider; what is not named stays, secrets too')
    .option('--name <name>', 'what it is called')
    .option('--capacity-gb <n>', 'how much fits')
    .option('--set <field=value>', 'a field of its configuration; may be repeated', repeatable)
    .option('--secret <field>', 'a field whose value is read, not given; may be repeated', repeatable)
    .option('--unset <field>', 'a field to take away; may be repeated', repeatable)
    .addOption(new Option('--active', 'have the copies there looked at').conflicts('inactive'))
    .option('--inactive', 'set it aside: the copies there are not looked at')
    .option('--json', 'print the answer of the server')
    .action((named: string, options: EditStorageOptions) => editStorage(terminal, named, options));
  storage
    .command('remove <storage>')
    .description('forget a provider, named by its id or name, and its secrets')
    .option('--force', 'also when copies are on record there')
    .option('--yes', 'do not ask')
    .option('--json', 'print what was removed')
    .action((named: string, options: RemoveStorageOptions) => removeStorage(terminal, named, options));
}
