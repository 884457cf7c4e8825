import { z } from 'zod';

export const userListSchema = z.object({
  users: z.array(
    z.object({
      username: z.string(),
      display_name: z.string().nullable(),
      actor_type: z.enum(['human', 'agent', 'service']),
      created_at: z.string(),
    }),
  ),
  total: z.number(),
  next: z.string().nullable(),
});

/** An ActivityPub actor, as far as its page shows it. */
export const actorSchema = z.object({
  id: z.url(),
  type: z.string(),
  preferredUsername: z.string(),
  name: z.string(),
  published: z.string().optional(),
  assertionMethod: z.array(z.object({ id: z.string(), publicKeyMultibase: z.string() })).optional(),
});

/** What people have said of themselves: `GET /api/identities/{handle}`. */
export const profileSchema = z.object({
  bio: z.string().nullable(),
  website_url: z.string().nullable(),
});

export const collectionSchema = z.object({ totalItems: z.number() });

export type UserList = z.output<typeof userListSchema>;
export type Actor = z.output<typeof actorSchema>;
export type Profile = z.output<typeof profileSchema>;
