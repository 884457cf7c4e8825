import { callApi } from '../../api.ts';
import type { Caller } from '../../caller.ts';
import { ApiError } from '../../cli-error.ts';

/** A scoped token (`POST /v1/tokens`), as it is listed. Times are ISO 8601. */
export interface ScopedToken {
  id: string;
  label: string;
  scopes: string[];
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

/** An API key, as it is listed. */
export interface ApiKey {
  id: string;
  key_preview: string;
  description: string;
  created_at: string;
  expires_at: string | null;
  last_used: string | null;
  is_active: boolean;
}

/** Null where only a session may see them. */
export async function fetchTokens({ server, credential }: Caller): Promise<ScopedToken[] | null> {
  try {
    return (await callApi<{ tokens: ScopedToken[] }>(server, { path: '/v1/tokens', credential })).tokens;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'session_required') return null;
    throw error;
  }
}

export async function fetchApiKeys({ server, credential }: Caller): Promise<ApiKey[]> {
  return callApi<ApiKey[]>(server, { path: '/auth/api-keys', credential });
}
