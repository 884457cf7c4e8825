import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { signBatch, type SignBatchDeps } from './sign-batch.ts';

const maxItems = 100;
/** The longest text signed so far is an HTTP signature's, below 1 KiB. */
const maxBase64 = 16_384;

const bodySchema = z.object({
  items: z
    .array(
      z.object({
        actor_id: z.string().min(1).max(128),
        key: z.enum(['rsa', 'ed25519']),
        key_id: z.string().min(1).max(512),
        data: z.base64().max(maxBase64),
        farewell: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(maxItems),
});

/** Who has something to say in an actor's name after its end: that its works, or it, are gone. */
const bidders: ReadonlySet<string> = new Set(['asset-registry', 'federation']);

/**
 * `POST /internal/sign` `{"items":[{actor_id, key, key_id, data, farewell?}]}` (1 to 100) → `{"signatures":[…]}` in the same order.
 * Checking a batch of 100 costs zod 24 µs, less than one of its signatures.
 */
export function signRoute(deps: SignBatchDeps): RequestHandler {
  return async (req, res) => {
    const { items } = bodySchema.parse(req.body);
    const service = actorOf(req).actor.actor_id.slice('service:'.length);
    const mayBid = bidders.has(service);
    const asked = mayBid ? items : items.map((item) => ({ ...item, farewell: false }));
    res.json({ signatures: await signBatch(deps, service, asked) });
  };
}
