import { Option, type Command } from 'commander';
import { repeatable } from '../../repeatable.ts';
import type { Terminal } from '../../terminal.ts';
import { deleteAsset, type DeleteAssetOptions } from './delete-asset.ts';
import { editAsset, type EditAssetOptions } from './edit-asset.ts';
import { listAssets, type ListAssetsOptions } from './list-assets.ts';
import { recordRun, type RecordRunOptions } from './record-run.ts';
import { showAsset, type ShowAssetOptions } from './show-asset.ts';

/** `record-run`, `assets`, `show`, `edit` and `delete`. */
export function addAssetCommands(program: Command, terminal: Terminal): void {
  program
    .command('record-run <l1> <run> <name>')
    .description('claim the output of a finished run of an L1, which the server fetches from it')
    .option('--type <type>', 'as for upload (default: what the L1 says, otherwise video)')
    .option('--tag <tag>', 'a tag; may be repeated', repeatable)
    .option('--description <text>', 'up to 4000 characters')
    .option('--json', 'print the answer of the server')
    .action((l1: string, run: string, name: string, options: RecordRunOptions) =>
      recordRun(terminal, { l1, run, name }, options),
    );
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
    .action((options: ListAssetsOptions) => listAssets(terminal, options));
  program
    .command('show <name>')
    .description('show an asset: its claim, what it was made from, and what was made from it')
    .option('--server <url>', 'address of the L2 server')
    .option('--json', 'print the answer of the server')
    .action((name: string, options: ShowAssetOptions) => showAsset(terminal, name, options));
  addChangingCommands(program, terminal);
}

function addChangingCommands(program: Command, terminal: Terminal): void {
  program
    .command('edit <name>')
    .description("change what is said of an asset of yours; an empty text ('') takes away")
    .option('--tag <tag>', 'the tags from now on; may be repeated', repeatable)
    .addOption(new Option('--no-tags', 'take all tags away').conflicts('tag'))
    .option('--description <text>', 'up to 4000 characters')
    .option('--url <url>', 'where the work can be seen')
    .option('--ipfs-cid <cid>', 'its address on IPFS')
    .option('--metadata <json>', 'an object of up to 16 KiB, in place of the present one')
    .addOption(new Option('--visibility <who>', 'whether lists have it').choices(['public', 'unlisted']))
    .option('--json', 'print the answer of the server')
    .action((name: string, options: EditAssetOptions) => editAsset(terminal, name, options));
  program
    .command('delete <name>')
    .description('delete an asset of yours, for good; its claims stay readable')
    .option('--yes', 'do not ask')
    .option('--json', 'print what was deleted')
    .action((name: string, options: DeleteAssetOptions) => deleteAsset(terminal, name, options));
}
