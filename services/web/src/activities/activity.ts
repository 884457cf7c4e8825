import { z } from 'zod';
import { segment } from '../gateway/with-query.ts';

const contentHash = z.object({ value: z.string() });

const object = z.object({
  type: z.string(),
  id: z.string(),
  name: z.string().optional(),
  contentHash: contentHash.optional(),
});

/** A signed claim, as far as pages show it; the whole of it is the API's JSON. */
export const activitySchema = z.object({
  type: z.enum(['Create', 'Update', 'Delete']),
  id: z.string(),
  actor: z.string(),
  published: z.string(),
  object,
  proof: z.object({
    cryptosuite: z.string(),
    created: z.string(),
    verificationMethod: z.string(),
    proofValue: z.string(),
  }),
});

/** What is left of a claim that was erased. */
const tombstoneSchema = z.object({ type: z.literal('Tombstone'), id: z.string(), deleted: z.string() });

export const activityListSchema = z.object({
  activities: z.array(z.union([activitySchema, tombstoneSchema])),
  total: z.number(),
  total_estimated: z.boolean().optional(),
  next: z.string().nullable(),
});

export type Activity = z.output<typeof activitySchema>;
export type ActivityList = z.output<typeof activityListSchema>;

const verbs = { Create: 'claimed', Update: 'changed', Delete: 'deleted' } as const;

export function verbOf({ type }: Activity): string {
  return verbs[type];
}

/** @param ref the claim's UUID or its index in the log */
export function activityPath(ref: string): string {
  return `/activity/${segment(ref)}`;
}

/** The last segment of one of our own URLs: the UUID of a claim, the name of an actor, the hash of an object. */
export function lastSegment(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
