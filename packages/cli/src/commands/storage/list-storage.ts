import { callerOf } from '../../caller.ts';
import { formatBytes, formatTable } from '../../format.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { fetchStorage, type Storage } from './storage.ts';

export interface ListStorageOptions {
  json?: boolean;
}

/** Lists the caller's storage providers, and how the copies there are. */
export async function listStorage(terminal: Terminal, options: ListStorageOptions): Promise<void> {
  const storage = await fetchStorage(await callerOf(terminal));
  if (options.json) return printJson(terminal, { storage });
  if (storage.length === 0)
    return print(terminal, 'You have no storage provider. Add one with: artdag storage add TYPE');
  const rows = storage.map((one) => [
    one.id,
    visible(one.provider_name),
    one.provider_type,
    one.capacity_gb === null ? formatBytes(one.used_bytes) : `${formatBytes(one.used_bytes)} of ${one.capacity_gb} GB`,
    copiesOf(one),
    stateOf(one),
  ]);
  print(terminal, formatTable([['STORAGE', 'NAME', 'TYPE', 'USED', 'COPIES', 'STATE'], ...rows]));
}

function copiesOf({ pins: { total, missing, changed } }: Storage): string {
  const bad = [missing > 0 ? `${missing} missing` : '', changed > 0 ? `${changed} changed` : ''].filter(Boolean);
  return bad.length === 0 ? String(total) : `${total}, ${bad.join(', ')}`;
}

function stateOf({ is_active, last_test }: Storage): string {
  if (!is_active) return 'set aside';
  if (last_test === null) return 'not tested';
  return last_test.ok ? `ok ${last_test.at}` : `failed ${last_test.at}: ${visible(last_test.message)}`;
}
