import { z } from 'zod';

const count = z.number().nonnegative().nullable();

/** What the home page shows of the gateway's `GET /` (art-dag-l2.md §12); a count is null while its service is away. */
export const serverInfoSchema = z.object({
  version: z.string(),
  domain: z.string(),
  default_user: z.string(),
  assets: count,
  activities: count,
  users: count,
  followers: count,
});

export type ServerInfo = z.output<typeof serverInfoSchema>;
