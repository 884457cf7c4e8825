import { assetPath } from '../../asset-path.ts';
import { callAsUser } from '../../call-as-user.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { formatPins, type Pin } from './pin.ts';

export interface ListCopiesOptions {
  json?: boolean;
}

/** Lists where the copies of a work of the caller's are. */
export async function listCopies(terminal: Terminal, name: string, options: ListCopiesOptions): Promise<void> {
  const path = `${assetPath(name)}/copies`;
  const { copies } = await callAsUser<{ copies: (Pin & { provider_name: string })[] }>(terminal, { path });
  if (options.json) return printJson(terminal, { copies });
  if (copies.length === 0)
    return print(terminal, 'No copy is on record. Record one with: artdag pins add STORAGE WORK');
  print(terminal, formatPins(copies, { title: 'STORAGE', of: (at) => copies[at]?.provider_name ?? '' }));
}
