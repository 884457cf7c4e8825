import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Caller } from '../credentials/carrier.ts';
import { cannotCheck } from '../credentials/refusals.ts';
import type { Verdict } from './verify-call.ts';

const goodSchema = z.object({
  caller: z.string().min(1),
  // Without any, nothing could take it back.
  ids: z.array(z.string().min(1)).min(2),
  assertion: z.object({
    actor: z.object({
      actor_id: z.string().min(1),
      actor_type: z.enum(['human', 'agent']),
      microdao_ids: z.array(z.string()),
      roles: z.array(z.string()),
    }),
    username: z.string().nullable(),
    org_id: z.string().nullable(),
    scopes: z.array(z.string()),
    sid: z.null(),
    jti: z.string().min(1),
    method: z.literal('msign'),
    token_use: z.literal('msign'),
  }),
});

/** Whom good verdicts stand for: the same object for the same `caller`, as that text changes with whatever it stands for. */
export type CallerOf = (verdict: Verdict & { ok: true }) => Caller;

/** Throws AppError 503 `dependency_unavailable` for a verdict that names nobody. */
export function createCallers(): CallerOf {
  const known = new LRUCache<string, Caller>({ max: 20_000 });
  return (verdict) => {
    const remembered = known.get(verdict.caller);
    if (remembered !== undefined) return remembered;
    const good = goodSchema.safeParse(verdict);
    if (!good.success) throw cannotCheck(new Error('identity told of a caller in another shape'));
    const { caller: text, ids, assertion } = good.data;
    const caller: Caller = Object.freeze({ assertion, cacheKey: `msign.${text}`, ids });
    known.set(text, caller);
    return caller;
  };
}
