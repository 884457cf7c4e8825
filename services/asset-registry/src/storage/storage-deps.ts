import type { MasterKeys } from '@artdag/envelope';
import type { Logger } from '@artdag/service-kit';
import type { PinCounts, PinRepository } from './pins/pin.repository.ts';
import type { ProviderCalls } from './providers/provider-calls.ts';
import type { ProviderType } from './providers/provider-type.ts';
import type { StorageRepository } from './storage.repository.ts';
import { openConfig } from './sealed-config.ts';
import { shownStorage, type ShownStorage } from './shown-storage.ts';
import type { StorageRow } from './storage-row.ts';

/** What the requests about providers are answered with. */
export interface StorageDeps {
  storage: StorageRepository;
  pins: PinRepository;
  keys: MasterKeys;
  callsFor(type: ProviderType, o: { isSysadmin: boolean }): ProviderCalls;
  now: () => Date;
  logger: Logger;
  /** Something may have to be looked at sooner. */
  wakeChecker: () => void;
}

const none: PinCounts = { total: 0, unknown: 0, present: 0, missing: 0, changed: 0, unsupported: 0 };

export function show({ keys }: Pick<StorageDeps, 'keys'>, row: StorageRow, pins: PinCounts = none): ShownStorage {
  return shownStorage(row, openConfig(keys, row.id, row.config_enc), pins);
}
