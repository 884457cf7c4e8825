import { z } from 'zod';
import { withQuery } from '../gateway/with-query.ts';

const pinState = z.enum(['present', 'unknown', 'missing', 'changed', 'unsupported']);
const count = z.number();

export const providerSchema = z.object({
  id: z.string(),
  provider_type: z.string(),
  provider_name: z.string(),
  capacity_gb: z.number().nullable(),
  is_active: z.boolean(),
  /** Secrets masked; null when it has to be given again. */
  config: z.record(z.string(), z.string()).nullable(),
  last_test: z.object({ ok: z.boolean(), message: z.string(), at: z.string() }).nullable(),
  /** How many copies are in which state. */
  pins: z.object({ total: count, present: count, unknown: count, missing: count, changed: count, unsupported: count }),
  created_at: z.string(),
});

export const providerListSchema = z.object({ storage: z.array(providerSchema) });

const copySchema = z.object({
  content_hash: z.string(),
  status: pinState,
  since: z.string(),
  size_bytes: z.number().nullable(),
  last_checked_at: z.string().nullable(),
});

export const copyListSchema = z.object({ pins: z.array(copySchema), next: z.string().nullable() });

const checkSchema = z.object({
  at: z.string(),
  result: z.string(),
  message: z.string(),
  latency_ms: z.number(),
  is_change: z.boolean(),
});

/** A copy with what every look at it has found, the latest first. */
export const copyHistorySchema = copySchema.extend({ checks: z.array(checkSchema), next: z.string().nullable() });

export type Provider = z.output<typeof providerSchema>;
export type CopyState = z.output<typeof pinState>;
export type CopyList = z.output<typeof copyListSchema>;
export type CopyHistory = z.output<typeof copyHistorySchema>;

/** Where the page of a provider is, or of one copy at it. */
export function storagePath(id: string, more: { copy?: string; after?: string; before?: string } = {}): string {
  return withQuery('/storage', { id, ...more });
}
