import type { Execute } from '@artdag/messaging';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { pageFields, pageOf } from './page-query.ts';
import { shownIdentity } from './profile.ts';
import { listProfiles } from './profile-rows.ts';
import { sendPublic } from './send-public.ts';

export const listQuerySchema = z.object({ identity_type: z.enum(['human', 'agent', 'org']).optional(), ...pageFields });

/** `GET /api/identities` `?identity_type&page&per_page` → `{identities, page, per_page, total}`, the oldest first. */
export function listProfilesRoute(deps: { execute: Execute; now: () => Date }): RequestHandler {
  return async (req, res) => {
    const query = validate('query', listQuerySchema, req.query);
    const wanted = { ...pageOf(query), identityType: query.identity_type ?? null, now: deps.now() };
    const { profiles, total } = await listProfiles(deps.execute, wanted);
    const { page, per_page } = query;
    sendPublic(req, res, { identities: profiles.map(shownIdentity), page, per_page, total });
  };
}
