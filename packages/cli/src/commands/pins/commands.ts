import { Option, type Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { addPin, type AddPinOptions } from './add-pin.ts';
import { listCopies, type ListCopiesOptions } from './list-copies.ts';
import { listPins, type ListPinsOptions } from './list-pins.ts';
import { removePin, showPin, type OnePinOptions, type RemovePinOptions } from './one-pin.ts';

const help = `
STORAGE is the id or name of a provider (artdag storage list), WORK the name of an asset or its content hash.`;

/** `artdag copies` and `artdag pins …` */
export function addPinsCommands(program: Command, terminal: Terminal): void {
  program
    .command('copies <name>')
    .description('list where the copies of an asset of yours are')
    .option('--json', 'print the answer of the server')
    .action((name: string, options: ListCopiesOptions) => listCopies(terminal, name, options));
  const pins = program.command('pins').description('the copies that are on record at your storage providers');
  pins.addHelpText('after', help);
  pins
    .command('list <storage>')
    .description('list the copies at a provider')
    .addOption(
      new Option('--status <status>', 'those only').choices([
        'unknown',
        'present',
        'missing',
        'changed',
        'unsupported',
      ]),
    )
    .option('--json', 'print all of them')
    .action((storage: string, options: ListPinsOptions) => listPins(terminal, storage, options));
  pins
    .command('show <storage> <work>')
    .description('show one copy, with --json also what checks have seen')
    .option('--json', 'print the answer of the server')
    .action((storage: string, work: string, options: OnePinOptions) => showPin(terminal, [storage, work], options));
  addChangingCommands(pins, terminal);
}

function addChangingCommands(pins: Command, terminal: Terminal): void {
  pins
    .command('add <storage> <work>')
    .description('record that a copy of a work is at a provider; its bytes are not sent')
    .option('--cid <cid>', 'its address on IPFS, where the provider pins by that')
    .option('--key <key>', 'its key in the bucket')
    .option('--path <path>', 'its path below the folder')
    .option('--size <bytes>', 'how large it is')
    .option('--etag <etag>', 'its ETag')
    .option('--request', 'have the provider asked to pin it whenever it is not found there')
    .option('--json', 'print the answer of the server')
    .action((storage: string, work: string, options: AddPinOptions) => addPin(terminal, [storage, work], options));
  pins
    .command('remove <storage> <work>')
    .description('forget a copy; what is at the provider stays there')
    .option('--yes', 'do not ask')
    .option('--json', 'print what was forgotten')
    .action((storage: string, work: string, options: RemovePinOptions) =>
      removePin(terminal, [storage, work], options),
    );
}
