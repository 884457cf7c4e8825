import type { Execute } from '@artdag/messaging';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { byOf } from '../by-of.ts';
import { endL1TokensWith, keyRevokedReason } from '../l1-tokens/end-with-credential.ts';
import { seeAs, type By, type InTransaction } from '../transaction.ts';
import { revocableId } from './revocable-id.ts';
import { writeDenials, type Denial } from './write-denials.ts';

export interface RevokeDeps {
  inTransaction: InTransaction;
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
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
 * more, nor what L1s got by means of a credential of that actor among them. Repeating it is safe.
 */
export function revokeRoute(deps: RevokeDeps): RequestHandler {
  return async (req, res) => {
    const { ids } = bodySchema.parse(req.body);
    const denials = ids.map(({ id, reason: why, expires_at: expiresAt, actor_id: actorId }) => ({
      ...{ id, reason: why, actorId: actorId ?? null, expiresAt },
    }));
    const l1Tokens = await deps.inTransaction(null, async (execute) => {
      const ended = await endL1TokensOf(execute, denials, (actorId) => byOf(actorId, req, res), deps.now());
      await writeDenials(execute, denials);
      return ended;
    });
    deps.onEvent();
    const distinct = [...new Set(ids.map(({ id }) => id))];
    await deps.revoker.enforce([...distinct, ...l1Tokens]);
    res.json({ revoked: distinct.length });
  };
}

/** What L1s got by means of any of these, actor by actor in one order. Gives back their ids. */
async function endL1TokensOf(
  execute: Execute,
  denials: readonly Denial[],
  byOfActor: (actorId: string) => By,
  now: Date,
): Promise<string[]> {
  const ended: string[] = [];
  const actors = new Set(denials.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])));
  for (const actorId of [...actors].toSorted()) {
    const credentialIds = denials.filter((denial) => denial.actorId === actorId).map(({ id }) => id);
    await seeAs(execute, actorId);
    const which = { actorId, credentialIds, reason: keyRevokedReason };
    ended.push(...(await endL1TokensWith(execute, which, byOfActor(actorId), now)));
  }
  return ended;
}
