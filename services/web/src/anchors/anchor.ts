import { z } from 'zod';
import { anchorStates } from '../activities/log-place.ts';

export const anchorSchema = z.object({
  merkle_root: z.string(),
  log_size: z.number(),
  activity_count: z.number(),
  state: z.enum(anchorStates),
  summary: z.string(),
  created_at: z.string(),
  confirmed_at: z.string().nullable(),
  bitcoin_height: z.number().nullable(),
  block_time: z.string().nullable(),
  /** Path of the `.ots` file. */
  proof: z.string().nullable(),
  calendars: z.array(
    z.object({ calendar: z.string(), accepted_at: z.string().nullable(), problem: z.string().nullable() }),
  ),
});

export const anchorDetailSchema = anchorSchema.extend({ checkpoint: z.string() });

export const anchorListSchema = z.object({
  anchors: z.array(anchorSchema),
  total: z.number(),
  next: z.string().nullable(),
});

export const calendarListSchema = z.object({
  calendars: z.array(
    z.object({
      calendar: z.string(),
      configured: z.boolean(),
      last_success_at: z.string().nullable(),
      last_failure_at: z.string().nullable(),
      last_problem: z.string().nullable(),
      consecutive_failures: z.number(),
      median_latency_ms: z.number().nullable(),
      pending: z.number(),
    }),
  ),
});

export const checkpointListSchema = z.object({
  checkpoints: z.array(z.object({ size: z.number(), signed_at: z.string() })),
});

export type Anchor = z.output<typeof anchorSchema>;
export type AnchorDetail = z.output<typeof anchorDetailSchema>;
export type AnchorList = z.output<typeof anchorListSchema>;
export type CalendarList = z.output<typeof calendarListSchema>;
