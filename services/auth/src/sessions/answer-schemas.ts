import type { ActorIdentity } from '@artdag/actor-context';
import { z } from 'zod';

const identity = z.object({
  actor_id: z.string().meta({ description: '`user:`, `agent:` or `service:` and an id.' }),
  actor_type: z.enum(['human', 'agent', 'service']),
  microdao_ids: z.array(z.string()),
  roles: z.array(z.string()),
}) satisfies z.ZodType<ActorIdentity>;

export const signedIn = z
  .object({
    session_token: z.string().meta({ description: 'Opaque, shown this once; a Bearer credential until `expires_at`.' }),
    actor: identity.meta({ id: 'ActorIdentity' }),
    expires_at: z.iso.datetime().meta({ description: 'When the session ends.' }),
    access_token: z
      .string()
      .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      .meta({ description: 'RS256 JWT of the session; a Bearer credential for `expires_in` seconds.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int(),
    refresh_token: z.string().meta({ description: 'Opaque, shown this once; for `POST /auth/refresh`, one use.' }),
    refresh_expires_at: z.iso.datetime(),
  })
  .meta({ id: 'SignedIn' });

export const me = z
  .object({
    ...identity.shape,
    username: z.string(),
    display_name: z.string(),
    email: z.email().nullable(),
    handle: z.string(),
    did: z.null(),
    ap_id: z.url().meta({ description: 'The ActivityPub actor.' }),
    org_id: z.string().nullable().meta({ description: 'The active organisation.' }),
    memberships: z.array(
      z.object({ microdao_id: z.string(), org_id: z.string(), role: z.enum(['owner', 'admin', 'member']) }),
    ),
    is_sysadmin: z.boolean(),
    created_at: z.iso.datetime(),
    auth: z.object({
      method: z.string(),
      session_id: z.string().nullable(),
      scopes: z.array(z.string()),
      expires_at: z.iso.datetime().nullable(),
    }),
  })
  .meta({ id: 'Me' });
