import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { findStorage, storagePath } from './storage.ts';

export interface CheckStorageOptions {
  json?: boolean;
}

/** Has the server look at the copies at a provider now. */
export async function checkStorage(terminal: Terminal, named: string, options: CheckStorageOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const storage = await findStorage(caller, named);
  const path = storagePath(storage, '/check');
  const answer = await callApi<{ due: number }>(server, { method: 'POST', path, credential });
  if (options.json) return printJson(terminal, answer);
  print(
    terminal,
    `${answer.due} copies at ${visible(storage.provider_name)} are looked at. See: artdag pins list ${storage.id}`,
  );
}
