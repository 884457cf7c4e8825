import { callerOf, handleOf, type Caller } from '../../caller.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { fetchKeys, isLive, type KeySummary } from './key-summary.ts';

export interface ListKeysOptions {
  json?: boolean;
}

function stateOf(key: KeySummary, { credential }: Caller, now: Date): string {
  if (key.revoked_at) return `revoked ${key.revoked_at}`;
  if (!isLive(key, now)) return `expired ${key.expires_at}`;
  const isInUse = credential.kind === 'msign' && credential.key.fingerprint === key.fingerprint;
  const until = key.expires_at ? ` until ${key.expires_at}` : '';
  return `${isInUse ? 'in use' : 'valid'}${until}`;
}

/** Lists the caller's keys. */
export async function listKeys(terminal: Terminal, options: ListKeysOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const keys = await fetchKeys(caller, await handleOf(terminal, caller));
  if (options.json) return printJson(terminal, { keys });
  if (keys.length === 0)
    return print(terminal, 'You have no keys. Make one with artdag keys new, and add it with artdag keys add.');
  const rows = keys.map((key) => [
    key.key_id,
    `${key.fingerprint.slice(0, 'sha256:'.length + 16)}…`,
    key.label ?? '',
    key.created_at,
    key.last_used_at ?? '',
    stateOf(key, caller, new Date()),
  ]);
  print(terminal, formatTable([['KEY', 'FINGERPRINT', 'LABEL', 'ADDED', 'LAST USED', 'STATE'], ...rows]));
}
