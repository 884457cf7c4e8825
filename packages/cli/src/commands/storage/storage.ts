import { callApi } from '../../api.ts';
import type { Caller } from '../../caller.ts';
import { CliError } from '../../cli-error.ts';

/** A storage provider, as its owner sees it: secrets are masked. */
export interface Storage {
  id: string;
  provider_type: string;
  provider_name: string;
  capacity_gb: number | null;
  used_bytes: number;
  is_active: boolean;
  last_test: { ok: boolean; message: string; at: string } | null;
  pins: { total: number; present: number; missing: number; changed: number };
}

export async function fetchStorage({ server, credential }: Caller): Promise<Storage[]> {
  return (await callApi<{ storage: Storage[] }>(server, { path: '/storage', credential })).storage;
}

/** The provider of an id or a name. @throws CliError when there is none */
export async function findStorage(caller: Caller, named: string): Promise<Storage> {
  const all = await fetchStorage(caller);
  const found = all.find(({ id }) => id === named) ?? all.find(({ provider_name }) => provider_name === named);
  if (found !== undefined) return found;
  throw new CliError(`you have no storage provider ${named}. See: artdag storage list`);
}

export function storagePath({ id }: Storage, below = ''): string {
  return `/storage/${encodeURIComponent(id)}${below}`;
}
