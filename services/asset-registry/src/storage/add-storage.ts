import { AppError, newId } from '@artdag/service-kit';
import type { Caller } from './access.ts';
import { readConfig, refuseForeignPlaces } from './provider-config.ts';
import { providerType } from './providers/provider-types.ts';
import { sealConfig } from './sealed-config.ts';
import type { ShownStorage } from './shown-storage.ts';
import { show, type StorageDeps } from './storage-deps.ts';
import type { NewStorageBody } from './storage-schemas.ts';
import { maxProviders } from './storage.repository.ts';

/** @throws AppError 422, 403 `forbidden` or `account_disabled`, 409 `storage_exists` or `too_many_storages` */
export async function addStorage(deps: StorageDeps, caller: Caller, body: NewStorageBody): Promise<ShownStorage> {
  const type = providerType(body.provider_type);
  const config = readConfig(type, body.config);
  const { isSysadmin } = caller;
  refuseForeignPlaces(type, config, { isSysadmin, folders: deps.callsFor(type, caller).folders });
  const id = newId('sto');
  const providerName = body.provider_name ?? type.name;
  const stored = await deps.storage.insert({
    ...{ id, providerName, actorId: caller.actorId, orgId: caller.orgId, providerType: type.name },
    configEnc: sealConfig(deps.keys, id, config),
    ...{ bySysadmin: isSysadmin, capacityGb: body.capacity_gb ?? null, now: deps.now() },
  });
  if (stored === 'name-taken') throw nameTaken(providerName);
  if (stored === 'actor-ended') throw accountEnded();
  if (stored === 'too-many') {
    throw new AppError('too_many_storages', 409, `${maxProviders} storage providers are the most.`);
  }
  return show(deps, stored);
}

function accountEnded(): AppError {
  return new AppError('account_disabled', 403, 'This account has ended.');
}

export function nameTaken(name: string): AppError {
  return new AppError('storage_exists', 409, `You have a storage provider named ${name} already; choose another name.`);
}
