import type { Copy, PinType } from '../providers/copy.ts';

/** `unknown` until a check has told something. */
export type PinStatus = 'unknown' | 'present' | 'missing' | 'changed' | 'unsupported';

export const pinStatuses: readonly PinStatus[] = ['unknown', 'present', 'missing', 'changed', 'unsupported'];

export const pinColumns = `content_hash, storage_id, pin_type, ipfs_cid, location, size_bytes, etag, request, refcount, status,
  status_since, suspected, suspected_since, last_checked_at, next_check_at, created_at`;

export interface PinRow {
  content_hash: string;
  storage_id: string;
  pin_type: PinType;
  ipfs_cid: string | null;
  location: string | null;
  /** A bigint, which `pg` gives as text. */
  size_bytes: string | null;
  etag: string | null;
  request: boolean;
  refcount: number;
  status: PinStatus;
  status_since: Date;
  suspected: 'missing' | 'changed' | null;
  suspected_since: Date | null;
  last_checked_at: Date | null;
  next_check_at: Date;
  created_at: Date;
}

export function copyOf(row: PinRow): Copy {
  return {
    contentHash: row.content_hash,
    ipfsCid: row.ipfs_cid,
    location: row.location,
    sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
    etag: row.etag,
  };
}
