import { callAsUser } from '../../call-as-user.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { fieldOf, settingOf } from './fields.ts';
import { readSecrets } from './read-secrets.ts';
import type { Storage } from './storage.ts';

export interface AddStorageOptions {
  name?: string;
  capacityGb?: string;
  set?: string[];
  secret?: string[];
  json?: boolean;
}

/** Adds a storage provider; nobody is called yet. */
export async function addStorage(terminal: Terminal, type: string, options: AddStorageOptions): Promise<void> {
  const settings = (options.set ?? []).map(settingOf);
  const secrets = await readSecrets(terminal, (options.secret ?? []).map(fieldOf));
  const body = {
    provider_type: type,
    config: { ...Object.fromEntries(settings), ...secrets },
    ...(options.name === undefined ? {} : { provider_name: options.name }),
    ...(options.capacityGb === undefined ? {} : { capacity_gb: Number(options.capacityGb) }),
  };
  const added = await callAsUser<Storage>(terminal, { method: 'POST', path: '/storage', body });
  if (options.json) return printJson(terminal, added);
  print(terminal, `Added ${added.provider_name} (${added.provider_type}, ${added.id}).`);
  print(terminal, `Whether it takes the credentials: artdag storage test ${added.id}`);
}
