import { maskSecrets } from './mask-secrets.ts';
import type { PinCounts } from './pins/pin.repository.ts';
import type { ProviderConfig } from './providers/provider-type.ts';
import { providerType } from './providers/provider-types.ts';
import type { StorageRow } from './storage-row.ts';

/** A provider as its owner sees it. */
export interface ShownStorage {
  id: string;
  provider_type: string;
  provider_name: string;
  capacity_gb: number | null;
  used_bytes: number;
  is_active: boolean;
  /** Secrets masked; null when it cannot be opened any more, and has to be given again. */
  config: Record<string, string> | null;
  last_test: { ok: boolean; message: string; at: string } | null;
  /** How many pins, by status. */
  pins: PinCounts;
  created_at: string;
}

export function shownStorage(row: StorageRow, config: ProviderConfig | undefined, pins: PinCounts): ShownStorage {
  const { last_test_ok: ok, last_test_message: message, last_test_at: at } = row;
  return {
    id: row.id,
    provider_type: row.provider_type,
    provider_name: row.provider_name,
    capacity_gb: row.capacity_gb,
    used_bytes: Number(row.used_bytes),
    is_active: row.is_active,
    config: config === undefined ? null : maskSecrets(config, providerType(row.provider_type).secrets),
    last_test: ok === null || message === null || at === null ? null : { ok, message, at: at.toISOString() },
    pins,
    created_at: row.created_at.toISOString(),
  };
}
