/** A provider's columns, as far as requests go. */
export const storageColumns = `id, provider_type, provider_name, config_enc, by_sysadmin, capacity_gb, used_bytes, is_active,
  last_test_ok, last_test_message, last_test_at, created_at, updated_at`;

export interface StorageRow {
  id: string;
  provider_type: string;
  provider_name: string;
  config_enc: string;
  by_sysadmin: boolean;
  capacity_gb: number | null;
  /** A bigint, which `pg` gives as text. */
  used_bytes: string;
  is_active: boolean;
  last_test_ok: boolean | null;
  last_test_message: string | null;
  last_test_at: Date | null;
  created_at: Date;
  updated_at: Date;
}
