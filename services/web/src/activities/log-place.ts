import { z } from 'zod';

export const anchorStates = ['queued', 'submitted', 'pending', 'upgraded', 'confirmed', 'stale'] as const;

/** Where a claim stands in the log, and how that is anchored: `GET /activities/{ref}/anchor`. */
export const logPlaceSchema = z.object({
  activity_id: z.string(),
  log_index: z.number().nullable(),
  leaf_hash: z.string().nullable(),
  state: z.enum(['not_logged', 'not_anchored', ...anchorStates]),
  anchor: z
    .object({
      merkle_root: z.string(),
      log_size: z.number(),
      summary: z.string(),
      created_at: z.string(),
      bitcoin_height: z.number().nullable(),
      block_time: z.string().nullable(),
    })
    .nullable(),
});

export type LogPlace = z.output<typeof logPlaceSchema>;
