import { nameTaken } from './add-storage.ts';
import type { Caller } from './access.ts';
import { mergeConfig, refuseForeignPlaces } from './provider-config.ts';
import { providerType } from './providers/provider-types.ts';
import { openConfig, sealConfig } from './sealed-config.ts';
import type { ShownStorage } from './shown-storage.ts';
import { show, type StorageDeps } from './storage-deps.ts';
import { storageNotFound } from './storage-id.ts';
import type { StorageRow } from './storage-row.ts';
import type { StorageChange } from './storage-schemas.ts';
import type { ChangedStorage } from './storage.repository.ts';

/** @throws AppError 404, 422, 403 `forbidden`, 409 `storage_exists` */
export async function changeStorage(
  deps: StorageDeps,
  caller: Caller,
  id: string,
  change: StorageChange,
): Promise<ShownStorage> {
  const { actorId } = caller;
  const apply = (row: StorageRow): ChangedStorage => ({
    provider_name: change.provider_name ?? row.provider_name,
    capacity_gb: change.capacity_gb === undefined ? row.capacity_gb : change.capacity_gb,
    is_active: change.is_active ?? row.is_active,
    ...changedConfig(deps, caller, row, change.config),
  });
  const changed = await deps.storage.change({ actorId, id, now: deps.now() }, apply);
  if (changed === 'not-found') throw storageNotFound();
  if (changed === 'name-taken') throw nameTaken(change.provider_name ?? '');
  deps.wakeChecker();
  return show(deps, changed, (await deps.pins.count(actorId, [id])).get(id));
}

function changedConfig(
  { keys, callsFor }: StorageDeps,
  caller: Caller,
  row: StorageRow,
  given: StorageChange['config'],
): Pick<ChangedStorage, 'config_enc' | 'by_sysadmin'> {
  if (given === undefined) return { config_enc: row.config_enc, by_sysadmin: row.by_sysadmin };
  const type = providerType(row.provider_type);
  const config = mergeConfig(type, openConfig(keys, row.id, row.config_enc), given, caller);
  const { isSysadmin } = caller;
  refuseForeignPlaces(type, config, { isSysadmin, folders: callsFor(type, caller).folders });
  return { config_enc: sealConfig(keys, row.id, config), by_sysadmin: isSysadmin };
}
