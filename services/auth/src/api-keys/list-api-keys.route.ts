import type { RequestHandler } from 'express';
import { authenticate, type AuthenticateDeps } from '../sessions/authenticate.ts';
import type { ListedApiKey } from './api-key.ts';

export interface ListApiKeysDeps extends AuthenticateDeps {
  apiKeys: { list(actorId: string, now: Date): Promise<ListedApiKey[]> };
}

/** `GET /auth/api-keys` → a bare array of one's keys, newest first. */
export function listApiKeysRoute(deps: ListApiKeysDeps): RequestHandler {
  return async (req, res) => {
    const { actorId } = await authenticate(deps, req);
    const keys = await deps.apiKeys.list(actorId, deps.now());
    res.set('cache-control', 'no-store').json(
      keys.map((key) => ({
        id: key.id,
        key_preview: `${key.keyPrefix}...`,
        description: key.description,
        created_at: key.createdAt.toISOString(),
        expires_at: key.expiresAt?.toISOString() ?? null,
        last_used: key.lastUsed?.toISOString() ?? null,
        is_active: key.isActive,
      })),
    );
  };
}
