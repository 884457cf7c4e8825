import { randomUUID } from 'node:crypto';
import { assetPath } from '../../asset-path.ts';
import { callAsUser } from '../../call-as-user.ts';
import { confirm } from '../../confirm.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface DeleteAssetOptions {
  yes?: boolean;
  json?: boolean;
}

/** Deletes an asset of the caller's, by a signed `Delete`. Asks first. */
export async function deleteAsset(terminal: Terminal, name: string, options: DeleteAssetOptions): Promise<void> {
  if (!options.yes) await confirm(terminal, `Delete ${name} for good? Its name and content stay taken.`);
  await callAsUser(terminal, { method: 'DELETE', path: assetPath(name), idempotencyKey: randomUUID() });
  if (options.json) return printJson(terminal, { status: 'deleted', name });
  print(terminal, `Deleted ${name}. Its name stays taken, and its claims stay readable.`);
}
