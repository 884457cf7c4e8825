import { rendererDetached } from '@artdag/events';
import { toOutboxRow, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { isToldOf } from './end-reason.ts';
import { enqueueRevocations, type NewRevocation } from './enqueue.ts';

/** Why attachments end, and when that was decided. */
export interface Ending {
  reason: string;
  /** When the tokens died. */
  at: Date;
  now: Date;
}

interface Ended extends Record<string, unknown> {
  id: string;
  actor_id: string;
  username: string;
  l1_url: string;
  jti: string | null;
  token_hash: string | null;
}

const RETURNING = 'RETURNING id, actor_id, username, l1_url, jti, token_hash';

/*
 * The ids of tokens sort by when they were minted, whatever the clocks of this service and the database say and however often the attachment was
 * renewed since.
 */
const OF_USER = `
DELETE FROM user_renderers WHERE actor_id = $1
  AND (jti = ANY($2::text[]) OR (jti LIKE 'tok\\_%' AND jti COLLATE "C" < $3) OR (jti IS NULL AND created_at < $4)) ${RETURNING}`;

/**
 * Ends the attachments of a user after a logout, and has their L1s told, in the caller's transaction. Those that go are those whose token is among
 * `jtis`, and those with an older one than `mintedBefore`: every live token of the user was among the revoked, so these were dead before. One that was
 * renewed since has a newer token, and stays.
 */
export async function endAttachmentsOf(
  execute: Execute,
  who: { actorId: string; jtis: readonly string[]; mintedBefore: string; createdBefore: Date },
  ending: Ending,
): Promise<void> {
  const { rows } = await execute(OF_USER, [who.actorId, who.jtis, who.mintedBefore, who.createdBefore]);
  await afterwards(execute, rows as Ended[], ending);
}

const OF_TOKEN = `DELETE FROM user_renderers WHERE jti = $1 ${RETURNING}`;

/** Ends the attachment that a token made, if there is one, and has its L1 told if it is to hear of that, in the caller's transaction. */
export async function endAttachmentBy(execute: Execute, jti: string, ending: Ending): Promise<void> {
  const { rows } = await execute(OF_TOKEN, [jti]);
  await afterwards(execute, rows as Ended[], ending);
}

const AT_L1 = `DELETE FROM user_renderers WHERE l1_url = $1 ${RETURNING}`;

/** Ends all attachments to an L1 that is none of ours any more, and drops what it was still to be told, in the caller's transaction. Answers whether there was any. */
export async function forgetL1(execute: Execute, l1Url: string, now: Date): Promise<boolean> {
  const { rows } = await execute(AT_L1, [l1Url]);
  await afterwards(execute, rows as Ended[], { reason: 'l1_removed', at: now, now });
  const { rowCount } = await execute(`DELETE FROM l1_revocations WHERE l1_url = $1 AND state <> 'done'`, [l1Url]);
  return rows.length + rowCount > 0;
}

const LEFT_OVER = `
DELETE FROM user_renderers u USING l1_revocations r WHERE r.jti = u.jti AND r.l1_url = u.l1_url
RETURNING u.id, u.actor_id, u.username, u.l1_url, u.jti, u.token_hash`;

/** Ends attachments whose L1 has been told already that their token is dead: they were written after their own end. */
export async function endLeftOver(execute: Execute, now: Date): Promise<void> {
  const { rows } = await execute(LEFT_OVER, []);
  await afterwards(execute, rows as Ended[], { reason: 'revoked', at: now, now });
}

const RUN_OUT = `
DELETE FROM user_renderers WHERE id IN (
  SELECT id FROM user_renderers WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2::int FOR UPDATE SKIP LOCKED) ${RETURNING}`;

/** Ends up to `limit` attachments whose token has run out, which is no news to their L1; answers how many. */
export async function endRunOut(execute: Execute, now: Date, limit: number): Promise<number> {
  const { rows } = await execute(RUN_OUT, [now, limit]);
  await afterwards(execute, rows as Ended[], { reason: 'expired', at: now, now });
  return rows.length;
}

async function afterwards(execute: Execute, ended: readonly Ended[], { reason, at, now }: Ending): Promise<void> {
  if (ended.length === 0) return;
  const calls: NewRevocation[] = ended.map(({ l1_url, username, jti, token_hash }) => ({
    ...{ l1_url, username, jti, token_hash, reason },
  }));
  await enqueueRevocations(execute, isToldOf(reason) ? calls : [], at);
  await appendDetached(execute, ended, reason, now);
}

const INSERT_EVENTS = `
INSERT INTO outbox (id, type, routing_key, payload)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])`;

/** All in one statement: a person may have been attached to many. */
async function appendDetached(execute: Execute, ended: readonly Ended[], reason: string, now: Date): Promise<void> {
  const rows = ended.map(({ id, actor_id, username, l1_url }) =>
    toOutboxRow(
      rendererDetached.create({
        ...{ id: newId('evt'), occurred_at: now.toISOString(), subject: id, subject_version: now.getTime(), actor_id },
        data: { l1_url, username, reason },
      }),
    ),
  );
  const column = (name: 'id' | 'type' | 'routing_key' | 'payload') => rows.map((row) => row[name]);
  await execute(INSERT_EVENTS, [column('id'), column('type'), column('routing_key'), column('payload')]);
}
