import type { Command } from 'commander';
import { repeatable } from '../../repeatable.ts';
import type { Terminal } from '../../terminal.ts';
import type { UploadOptions } from './options.ts';
import { upload } from './upload.ts';

const help = `
Many files and folders are claimed with a line for each. Interrupted, the same command goes on where it ended: what was hashed and has not
changed is not hashed again, and what is registered stays as it is. The exit code is 1 when a file failed.
--name-template has {path} (from the folder that was given), {name}, {stem}, {ext} and {hash}; what a name may not hold becomes a hyphen.`;

/** `artdag upload …` */
export function addUploadCommand(program: Command, terminal: Terminal): void {
  program
    .command('upload <paths...>')
    .description('claim files, and folders of them, by their SHA3-256 hashes; their bytes never leave this machine')
    .option('--name <name>', 'name of the asset (default: the name of the file)')
    .option('--name-template <text>', 'how many files are named (default: {path})')
    .option(
      '--type <type>',
      'image, video, audio, effect, recipe, infrastructure, document or unknown (default: by the ending)',
    )
    .option('--tag <tag>', 'a tag; may be repeated', repeatable)
    .option('--description <text>', 'up to 4000 characters')
    .option('--url <url>', 'where the work can be seen')
    .option('--hidden', 'take hidden files and folders in a folder, too')
    .option('--links', 'follow symbolic links in a folder, too')
    .option('--jobs <n>', 'how many files are hashed at once (default: as many as there are processors, at most 4)')
    .option('--rehash', 'hash files again that have not changed since an earlier run')
    .option('--dry-run', 'hash and say what would be claimed, and send nothing')
    .option('--json', 'print the answer of the server, or a line of JSON for each of many')
    .addHelpText('after', help)
    .action(async (paths: string[], options: UploadOptions) => {
      process.exitCode = await upload(terminal, paths, options);
    });
}
