import { statSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import type { Terminal } from '../../terminal.ts';
import type { UploadOptions } from './options.ts';
import { uploadMany } from './upload-many.ts';
import { uploadOne } from './upload-one.ts';

/**
 * Claims what is given: one file with all that the server says of it, or many and folders with a line each.
 *
 * @returns the exit code
 */
export async function upload(terminal: Terminal, given: string[], options: UploadOptions): Promise<number> {
  const [first = '', ...others] = given;
  const isOne = others.length === 0 && !isFolder(first) && options.dryRun !== true;
  if (isOne && options.nameTemplate === undefined) {
    await uploadOne(terminal, first, options);
    return 0;
  }
  if (options.name !== undefined || options.url !== undefined) {
    throw new CliError('--name and --url are for one file. Many are named by --name-template.');
  }
  return uploadMany(terminal, given, options);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
