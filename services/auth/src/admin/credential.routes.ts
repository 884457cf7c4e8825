import { AppError, storableText } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ActorProfile } from '../actors/actor-profile.ts';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { actorNotFound } from '../actors/locked-actor.ts';
import { resolveActor, type ResolveActorDeps } from '../actors/resolve-actor.ts';
import { createApiKey, type CreateApiKeyDeps } from '../api-keys/create-api-key.ts';
import { mintApiToken, type MintApiTokenDeps } from '../api-tokens/mint-api-token.ts';
import { refuseScopesBeyond, scopesSchema } from '../scopes/requested-scopes.ts';
import { allScopes } from '@artdag/actor-context';
import { tokenKinds } from '../tokens/token-kinds.ts';
import { byOperator, operatorFields } from './operator.ts';

export interface AdminCredentialDeps extends CreateApiKeyDeps, MintApiTokenDeps, ResolveActorDeps {
  profiles: Pick<ActorProfiles, 'fresh'>;
}

const newApiKey = z.object({
  ...operatorFields,
  actor: storableText(128),
  scopes: scopesSchema.default([...allScopes]),
  description: storableText(200),
  expires_days: z.int().min(1).max(3650).nullish(),
});

/**
 * `POST /internal/admin/api-keys` `{actor, scopes?, description, expires_days?}` → 201 `{id, key, …}`, the key this once. 409 `is_human`:
 * people make theirs themselves, since whoever has one is them.
 */
export function adminCreateApiKeyRoute(deps: AdminCredentialDeps): RequestHandler {
  return async (req, res) => {
    const { as, actor, scopes, description, expires_days: days } = newApiKey.parse(req.body);
    refuseScopesBeyond(allScopes, scopes);
    const profile = await activeProfile(deps, actor);
    if (profile.actorType === 'human') {
      throw new AppError('is_human', 409, `${profile.handle} is a person, who makes API keys on the account page.`);
    }
    const { personalOrgId: orgId } = profile;
    const input = { profile, sessionId: null, orgId, description, scopes, expiresDays: days ?? null };
    const key = await createApiKey(deps, input, byOperator(req, res, as));
    res
      .status(201)
      .set('cache-control', 'no-store')
      .json({
        id: key.id,
        key: key.key,
        actor_id: profile.actorId,
        scopes,
        description,
        created_at: key.createdAt.toISOString(),
        expires_at: key.expiresAt?.toISOString() ?? null,
      });
  };
}

const newToken = z.object({
  ...operatorFields,
  actor: storableText(128),
  /** When given, the actor has to be of this type. */
  actor_type: z.enum(['human', 'agent', 'service']).optional(),
  scopes: scopesSchema.default(['read:*']),
  label: storableText(80),
  expires_in: z.int().min(60).max(tokenKinds.api.maxTtlSeconds),
  org: storableText(128).optional(),
});

/**
 * `POST /internal/admin/tokens` `{actor, actor_type?, scopes?, label, expires_in, org?}` → 201 `{id, token, …}`, the token this once; in
 * the actor's personal org unless another of its orgs is named. 409 `not_active`, `wrong_type`; 403 `org_not_allowed`.
 */
export function adminMintTokenRoute(deps: AdminCredentialDeps): RequestHandler {
  return async (req, res) => {
    const body = newToken.parse(req.body);
    const { as, scopes, label, expires_in: ttlSeconds } = body;
    refuseScopesBeyond(allScopes, scopes);
    const profile = await activeProfile(deps, body.actor);
    if (body.actor_type !== undefined && profile.actorType !== body.actor_type) {
      const message = `${profile.handle} is a ${profile.actorType}, not a ${body.actor_type}.`;
      throw new AppError('wrong_type', 409, message);
    }
    const input = { profile, sessionId: null, org: body.org ?? profile.personalOrgId, label, scopes, ttlSeconds };
    const { token, row } = await mintApiToken(deps, input, byOperator(req, res, as));
    res.status(201).set('cache-control', 'no-store').json({
      id: row.id,
      token,
      actor_id: profile.actorId,
      scopes,
      label,
      org: row.orgId,
      expires_at: row.expiresAt.toISOString(),
    });
  };
}

/** @throws AppError 404 `actor_not_found`, 409 `not_active` */
async function activeProfile(deps: AdminCredentialDeps, ref: string): Promise<ActorProfile> {
  const profile = await deps.profiles.fresh(await resolveActor(deps, ref));
  if (profile === null) throw actorNotFound(ref);
  if (profile.status !== 'active') throw new AppError('not_active', 409, `${profile.handle} is ${profile.status}.`);
  return profile;
}
