import { callApi } from '../../api.ts';
import type { Caller } from '../../caller.ts';
import { ApiError } from '../../cli-error.ts';

/** A public key, as its owner sees it (public-key-auth.md §2). Times are ISO 8601. */
export interface KeySummary {
  key_id: string;
  fingerprint: string;
  algorithm: string;
  label: string | null;
  created_at: string;
  last_used_at: string | null;
  expires_at?: string | null;
  revoked_at?: string | null;
}

/** Where the keys of a handle are. */
export function keysPath(handle: string): string {
  return `/api/auth/keys/${encodeURIComponent(handle)}`;
}

/** All keys of a handle, revoked ones too; none for an account that has never had one. */
export async function fetchKeys({ server, credential }: Caller, handle: string): Promise<KeySummary[]> {
  try {
    return (await callApi<{ keys: KeySummary[] }>(server, { path: keysPath(handle), credential })).keys;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'identity_not_found') return [];
    throw error;
  }
}

/** Whether the key signs. */
export function isLive({ revoked_at, expires_at }: KeySummary, now: Date): boolean {
  return !revoked_at && !(expires_at && Date.parse(expires_at) <= now.getTime());
}
