import type { PinRow, PinStatus } from './pin-row.ts';

/** A pin as its owner sees it. */
export interface ShownPin {
  content_hash: string;
  storage_id: string;
  pin_type: string;
  ipfs_cid: string | null;
  key?: string;
  path?: string;
  size_bytes: number | null;
  etag: string | null;
  request: boolean;
  refcount: number;
  status: PinStatus;
  /** Since when, as far as checks have seen. */
  since: string;
  /** What the latest check said that told something, and no second one has confirmed yet. */
  suspected: 'missing' | 'changed' | null;
  last_checked_at: string | null;
  created_at: string;
}

export function shownPin(row: PinRow): ShownPin {
  const { pin_type: type, location } = row;
  return {
    content_hash: row.content_hash,
    storage_id: row.storage_id,
    pin_type: type,
    ipfs_cid: row.ipfs_cid,
    ...(type === 'object' && location !== null && { key: location }),
    ...(type === 'file' && location !== null && { path: location }),
    size_bytes: row.size_bytes === null ? null : Number(row.size_bytes),
    etag: row.etag,
    request: row.request,
    refcount: row.refcount,
    status: row.status,
    since: row.status_since.toISOString(),
    suspected: row.suspected,
    last_checked_at: row.last_checked_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
