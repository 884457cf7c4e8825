import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { CliError } from '../../cli-error.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { fieldOf, settingOf } from './fields.ts';
import { readSecrets } from './read-secrets.ts';
import { findStorage, storagePath, type Storage } from './storage.ts';

export interface EditStorageOptions {
  name?: string;
  capacityGb?: string;
  set?: string[];
  secret?: string[];
  unset?: string[];
  active?: boolean;
  inactive?: boolean;
  json?: boolean;
}

/** Changes what is kept of a provider; secrets that are not named stay. */
export async function editStorage(terminal: Terminal, named: string, options: EditStorageOptions): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const body = await changesOf(terminal, options);
  if (Object.keys(body).length === 0) throw new CliError('say what to change: artdag storage edit --help');
  const path = storagePath(await findStorage(caller, named));
  const changed = await callApi<Storage>(server, { method: 'PATCH', path, body, credential });
  if (options.json) return printJson(terminal, changed);
  print(terminal, `Changed ${visible(changed.provider_name)} (${changed.id}).`);
}

async function changesOf(terminal: Terminal, options: EditStorageOptions): Promise<Record<string, unknown>> {
  const config = {
    ...Object.fromEntries((options.unset ?? []).map((field) => [fieldOf(field), null])),
    ...Object.fromEntries((options.set ?? []).map(settingOf)),
    ...(await readSecrets(terminal, (options.secret ?? []).map(fieldOf))),
  };
  return {
    ...(options.name === undefined ? {} : { provider_name: options.name }),
    ...(options.capacityGb === undefined ? {} : { capacity_gb: Number(options.capacityGb) }),
    ...(options.active || options.inactive ? { is_active: options.active === true } : {}),
    ...(Object.keys(config).length === 0 ? {} : { config }),
  };
}
