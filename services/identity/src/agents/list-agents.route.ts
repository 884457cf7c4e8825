import { actorOf, forbidden } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { pageFields, pageOf } from '../identities/page-query.ts';
import { identitySchema, isLive, shownIdentity, type Profile } from '../identities/profile.ts';
import { listAgents } from '../identities/profile-rows.ts';

export const agentsQuerySchema = z.object(pageFields);

/** What an owner sees of an agent. */
export const ownAgentSchema = z
  .object({
    ...identitySchema.shape,
    status: z.enum(['live', 'ended']),
    ended_at: z.iso.datetime().nullable(),
    end_reason: z.string().nullable().meta({ description: '`expired`, `revoked_by_owner`, …' }),
  })
  .meta({ id: 'OwnAgent' });

/** `GET /api/identities/agent` `?page&per_page` → `{identities, page, per_page, total}`: one's agents, ended ones too, the newest first. */
export function listAgentsRoute(deps: { execute: Execute; now: () => Date }): RequestHandler {
  return async (req, res) => {
    const { actor } = actorOf(req);
    if (actor.actor_type !== 'human') throw forbidden();
    const query = validate('query', agentsQuerySchema, req.query);
    const { profiles, total } = await listAgents(deps.execute, actor.actor_id, pageOf(query));
    const { page, per_page } = query;
    const identities = profiles.map((profile) => shownAgent(profile, deps.now()));
    res.set('cache-control', 'no-store').json({ identities, page, per_page, total });
  };
}

/** An agent past its time has ended, whether or not the sweeper has been there. */
function shownAgent(profile: Profile, now: Date): z.output<typeof ownAgentSchema> {
  const shown = shownIdentity(profile);
  if (isLive(profile, now)) return { ...shown, status: 'live', ended_at: null, end_reason: null };
  const endedAt = profile.deletedAt?.toISOString() ?? shown.expires_at;
  return { ...shown, status: 'ended', ended_at: endedAt, end_reason: profile.endReason ?? 'expired' };
}
