import { z } from 'zod';

const sessionSchema = z.object({
  id: z.string(),
  created_at: z.string(),
  last_activity_at: z.string(),
  expires_at: z.string(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  /** Whether it is the one that asks. */
  current: z.boolean(),
});

export const sessionListSchema = z.object({ sessions: z.array(sessionSchema) });

export type Session = z.output<typeof sessionSchema>;
