import { anchorCreated } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { AnchorDeps } from './anchor-deps.ts';
import { commitmentOf } from './anchor-proof.ts';
import { staleAfterMs } from './anchor-timing.ts';
import { firstCalendars } from './calendars/choose-calendars.ts';
import { addCall } from './calls.repository.ts';
import type { SignedCheckpoint } from './signed-checkpoint.ts';

export interface CreateAnchor {
  /** Who asks; undefined when it is time. */
  requestedBy?: { actorId: string; requestId: string } | undefined;
  /** Given what there is in the way: the time of the last anchor, and since when the log waits for the next one. */
  isDue: (times: { last: Date | null; waitingSince: Date }) => boolean;
}

/** `nothing` when the tree has not grown since the last anchor, `not_due` when it is too soon. */
export type Created = { merkleRoot: string } | 'nothing' | 'not_due';

const insert = `
INSERT INTO anchors (merkle_root, log_size, activity_count, checkpoint, nonce, state, requested_by, created_at, stale_check_at)
VALUES ($1, $2, (SELECT COALESCE((SELECT seq + 1 FROM log_entries WHERE log_index < $2 AND seq IS NOT NULL ORDER BY log_index DESC LIMIT 1), 0)),
  $3, $4, 'queued', $5, $6, $7)`;

/**
 * Queues the newest signed checkpoint for the calendars. Nothing is sent here: the nonce is stored first, so that whoever sends, after
 * whatever crash, sends the same.
 */
export async function createAnchor(deps: AnchorDeps, o: CreateAnchor): Promise<Created> {
  const checkpoint = await deps.checkpoints.latestSigned();
  const now = deps.now();
  return await deps.transaction(async (execute) => {
    const times = await lockSchedule(execute, now);
    const { rows } = await execute('SELECT max(log_size) AS size, max(created_at) AS last FROM anchors', []);
    const last = rows[0]?.['last'] as Date | null;
    if (checkpoint === null || checkpoint.size === 0 || checkpoint.size <= Number(rows[0]?.['size'] ?? 0))
      return 'nothing';
    if (!o.isDue({ last, waitingSince: times })) return 'not_due';
    return { merkleRoot: await queue(deps, execute, checkpoint, o, now) };
  });
}

/** The lock of this row lets one replica at a time look and decide. */
async function lockSchedule(execute: Execute, now: Date): Promise<Date> {
  await execute('INSERT INTO anchor_schedule (since) VALUES ($1) ON CONFLICT (id) DO NOTHING', [now]);
  const { rows } = await execute('SELECT since FROM anchor_schedule FOR UPDATE', []);
  return rows[0]?.['since'] as Date;
}

async function queue(
  deps: AnchorDeps,
  execute: Execute,
  { size, rootHash, note }: SignedCheckpoint,
  { requestedBy }: CreateAnchor,
  now: Date,
): Promise<string> {
  const merkleRoot = Buffer.from(rootHash).toString('hex');
  const nonce = deps.newNonce();
  const staleAt = new Date(now.getTime() + staleAfterMs);
  await execute(insert, [merkleRoot, size, note, nonce, requestedBy?.actorId ?? null, now, staleAt]);
  await execute('UPDATE anchor_schedule SET since = $1', [now]);
  const commitment = Buffer.from(commitmentOf(note, nonce));
  for (const calendar of firstCalendars(deps.settings.calendars))
    await addCall(execute, { merkleRoot, kind: 'submit', calendar, commitment }, { at: now, nextAt: now });
  const event = anchorCreated.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: merkleRoot,
    subject_version: 1,
    actor_id: requestedBy?.actorId,
    correlation_id: requestedBy?.requestId,
    data: { merkle_root: merkleRoot, log_size: size },
  });
  await appendEvent(execute, event);
  return merkleRoot;
}
