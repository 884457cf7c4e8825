import { callApi } from '../../api.ts';
import { callerOf, type Caller } from '../../caller.ts';
import { confirm } from '../../confirm.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { workHash } from '../../work-hash.ts';
import { findStorage, storagePath } from '../storage/storage.ts';
import { formatPins, type Pin } from './pin.ts';

export interface OnePinOptions {
  json?: boolean;
}

export interface RemovePinOptions extends OnePinOptions {
  yes?: boolean;
}

/** The storage, and the work, by their names. */
type Names = readonly [string, string];

/** Shows one copy, and what checks of it have seen. */
export async function showPin(terminal: Terminal, names: Names, options: OnePinOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const { path } = await pinOf(caller, names);
  const pin = await callApi<Pin & { checks: { status: string; checked_at: string }[] }>(server, { path, credential });
  if (options.json) return printJson(terminal, pin);
  print(terminal, formatPins([pin], { title: 'SHA3-256', of: () => pin.content_hash }));
}

/** Has the server forget a copy. It stays where it is. */
export async function removePin(terminal: Terminal, names: Names, options: RemovePinOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const { path, hash, storage } = await pinOf(caller, names);
  if (!options.yes) await confirm(terminal, `Forget the copy of ${visible(names[1])} at ${visible(storage)}?`);
  await callApi(server, { method: 'DELETE', path, credential });
  if (options.json) return printJson(terminal, { status: 'removed', content_hash: hash, provider_name: storage });
  print(terminal, `Forgot the copy of ${visible(names[1])} at ${visible(storage)}. What is there stays there.`);
}

async function pinOf(caller: Caller, [named, work]: Names): Promise<{ path: string; hash: string; storage: string }> {
  const storage = await findStorage(caller, named);
  const hash = await workHash(caller, work);
  return { path: storagePath(storage, `/pins/${hash}`), hash, storage: storage.provider_name };
}
