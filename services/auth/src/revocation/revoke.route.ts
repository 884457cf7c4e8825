import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { InTransaction } from '../transaction.ts';
import { revocableId } from './revocable-id.ts';
import { writeDenials } from './write-denials.ts';

export interface RevokeDeps {
  inTransaction: InTransaction;
  revoker: { enforce(ids: readonly string[]): Promise<void> };
}

/** Why something was ended, as a word. */
export const reason = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'wants up to 64 of a-z 0-9 . _ -');

/** PostgreSQL and the store know fewer years than a date can be written with. */
const expiryYears = { from: 2000, to: 2200 };

const expiry = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine(
    (time) => time.getUTCFullYear() >= expiryYears.from && time.getUTCFullYear() < expiryYears.to,
    `wants a time of the years ${expiryYears.from} to ${expiryYears.to}`,
  );

const bodySchema = z.object({
  ids: z
    .array(
      z.object({
        id: revocableId,
        reason,
        expires_at: expiry,
        actor_id: revocableId.optional(),
      }),
    )
    .min(1)
    .max(1000),
});

/**
 * `POST /internal/auth/tokens/revoke` `{ids: [{id, reason, expires_at, actor_id?}]}` → 200 `{revoked: n}` once no replica accepts them any
 * more. Repeating it is safe.
 */
export function revokeRoute(deps: RevokeDeps): RequestHandler {
  return async (req, res) => {
    const { ids } = bodySchema.parse(req.body);
    const denials = ids.map(({ id, reason: why, expires_at: expiresAt, actor_id: actorId }) => ({
      ...{ id, reason: why, actorId: actorId ?? null, expiresAt },
    }));
    await deps.inTransaction(null, (execute) => writeDenials(execute, denials));
    const distinct = [...new Set(ids.map(({ id }) => id))];
    await deps.revoker.enforce(distinct);
    res.json({ revoked: distinct.length });
  };
}
