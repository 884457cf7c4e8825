import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { findStorage, storagePath } from '../storage/storage.ts';
import { formatPins, type Pin } from './pin.ts';

export interface ListPinsOptions {
  status?: string;
  json?: boolean;
}

interface Page {
  pins: Pin[];
  /** Null on the last. */
  next: string | null;
}

/** Lists all copies at a provider. */
export async function listPins(terminal: Terminal, named: string, options: ListPinsOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const storage = await findStorage(caller, named);
  const status = options.status === undefined ? '' : `&status=${options.status}`;
  const pins: Pin[] = [];
  for (let after = '', hasMore = true; hasMore;) {
    const path = storagePath(storage, `/pins?limit=100${status}${after}`);
    const page = await callApi<Page>(server, { path, credential });
    pins.push(...page.pins);
    after = `&after=${page.pins.at(-1)?.content_hash}`;
    hasMore = page.next !== null && page.pins.length > 0;
  }
  if (options.json) return printJson(terminal, { pins });
  if (pins.length === 0) return print(terminal, 'There is no such copy on record there.');
  print(terminal, formatPins(pins, { title: 'SHA3-256', of: (at) => pins[at]?.content_hash ?? '' }));
}
