import { z } from 'zod';

const stateSchema = z.enum(['requested', 'accepted', 'rejected']);

/** A page of `GET /following`: whom the visitor follows. */
export const followingListSchema = z.object({
  following: z.array(z.object({ target: z.string(), handle: z.string().nullable(), state: stateSchema })),
  total: z.number(),
  next: z.string().nullable(),
});

/** What `POST /follow` says of how things stand. */
export const followedSchema = z.object({ state: stateSchema });

export type FollowingList = z.output<typeof followingListSchema>;
export type Followed = FollowingList['following'][number];
export type FollowState = z.output<typeof stateSchema> | 'none';
