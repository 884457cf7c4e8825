import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { introspected, type Introspected } from '../introspection/introspected.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import type { ApiTokenRepository } from './api-token.repository.ts';

export interface ResolveApiTokenDeps {
  apiTokens: Pick<ApiTokenRepository, 'findLive'>;
  codec: Pick<TokenCodec, 'verify'>;
  profiles: Pick<ActorProfiles, 'fresh'>;
  now: () => Date;
}

/** Whom the JWT of an API token stands for at this moment; null for one that is none, revoked or expired. */
export async function resolveApiToken(deps: ResolveApiTokenDeps, token: string): Promise<Introspected | null> {
  const payload = await deps.codec.verify('api', token);
  const found = payload === null ? null : await deps.apiTokens.findLive(payload.jti, deps.now());
  if (payload === null || found === null || found.actorId !== payload.sub) return null;
  const profile = await deps.profiles.fresh(found.actorId);
  if (profile?.status !== 'active') return null;
  const { orgId, scopes, expiresAt } = found;
  const { jti } = payload;
  return introspected(profile, { orgId, scopes, sid: null, jti, method: 'bearer', tokenUse: 'api', expiresAt });
}
