import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { introspected, type Introspected } from '../introspection/introspected.ts';
import { hashApiKey, isApiKey } from './api-key.ts';
import type { ApiKeyRepository } from './api-key.repository.ts';

export interface ResolveApiKeyDeps {
  apiKeys: Pick<ApiKeyRepository, 'findLive' | 'touch'>;
  profiles: Pick<ActorProfiles, 'fresh'>;
  now: () => Date;
}

const touchEveryMs = 60_000;

/** Whom an API key stands for at this moment, which counts as a use; null for one that is none, has ended or expired. */
export async function resolveApiKey(deps: ResolveApiKeyDeps, text: string): Promise<Introspected | null> {
  if (!isApiKey(text)) return null;
  const now = deps.now();
  const key = await deps.apiKeys.findLive(hashApiKey(text), now);
  const profile = key === null ? null : await deps.profiles.fresh(key.actorId);
  if (key === null || profile?.status !== 'active') return null;
  if (key.lastUsed === null || now.getTime() - key.lastUsed.getTime() >= touchEveryMs) {
    await deps.apiKeys.touch(key.id, now);
  }
  const { id: jti, orgId, scopes, expiresAt } = key;
  return introspected(profile, { orgId, scopes, sid: null, jti, method: 'api_key', tokenUse: 'api_key', expiresAt });
}
