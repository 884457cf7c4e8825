import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { ApiError } from '../../cli-error.ts';
import { confirm } from '../../confirm.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { findStorage, storagePath } from './storage.ts';

export interface RemoveStorageOptions {
  force?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Has the server forget a provider and its secrets. The copies stay where they are. */
export async function removeStorage(terminal: Terminal, named: string, options: RemoveStorageOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const storage = await findStorage(caller, named);
  const { id, provider_name: name } = storage;
  if (!options.yes) await confirm(terminal, `Forget ${name} (${id}) and its secrets?`);
  const path = storagePath(storage, options.force ? '?force=true' : '');
  try {
    await callApi(server, { method: 'DELETE', path, credential });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'storage_in_use') throw error;
    throw error.inWords(
      `${name} has ${storage.pins.total} copies on record, which would be forgotten, too. Say --force.`,
    );
  }
  if (options.json) return printJson(terminal, { status: 'removed', id, provider_name: name });
  print(terminal, `Removed ${name} (${id}).`);
}
