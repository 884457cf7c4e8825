import type { Execute } from '@artdag/messaging';
import type { AnchorDeps } from './anchor-deps.ts';
import { attestationName, attestationsIn, commitmentOf } from './anchor-proof.ts';
import { maxStaleRounds, staleAfterMs } from './anchor-timing.ts';
import { addCall, submitAgain, submitCallsOf } from './calls.repository.ts';
import { lockAnchor, settleAnchor, type LockedAnchor } from './locked-anchor.repository.ts';
import { settleOptions } from './settle-options.ts';

const late = `
SELECT merkle_root FROM anchors WHERE state <> 'confirmed' AND stale_check_at <= $1 ORDER BY stale_check_at LIMIT 20`;

/** Anchors without a block after a day: says so, and has them submitted elsewhere. What was promised before is asked for all the same. */
export async function noticeLateAnchors(deps: AnchorDeps): Promise<void> {
  const { rows } = await deps.execute(late, [deps.now()]);
  for (const row of rows) await noticeLateAnchor(deps, String(row['merkle_root']));
}

async function noticeLateAnchor(deps: AnchorDeps, merkleRoot: string): Promise<void> {
  const now = deps.now();
  const isStale = await deps.transaction(async (execute) => {
    const anchor = await lockAnchor(execute, merkleRoot);
    const next = new Date(now.getTime() + staleAfterMs);
    const { rowCount } = await execute(
      'UPDATE anchors SET stale_check_at = $2 WHERE merkle_root = $1 AND stale_check_at <= $3',
      [merkleRoot, next, now],
    );
    // Another replica may have seen to it between the look and the lock.
    if (anchor === undefined || rowCount === 0 || isAttested(anchor)) return false;
    anchor.stale_rounds += 1;
    if (anchor.stale_rounds <= maxStaleRounds) await submitElsewhere(deps, execute, anchor);
    await settleAnchor(execute, anchor, settleOptions(deps));
    return true;
  });
  if (!isStale) return;
  deps.metrics.countAlert('stale');
  deps.logger.error('an anchor has no block after a day: see "Anchors" in docs/operations.md', {
    merkle_root: merkleRoot,
  });
}

function isAttested(anchor: LockedAnchor): boolean {
  if (anchor.state === 'confirmed') return true;
  return attestationsIn(anchor.ots_proof).some((found) => !anchor.refuted.includes(attestationName(found)));
}

/** Gives an anchor to the calendars that it was not given to; to all once more when there are none. */
async function submitElsewhere(deps: AnchorDeps, execute: Execute, anchor: LockedAnchor): Promise<void> {
  const at = deps.now();
  const { merkle_root: merkleRoot, checkpoint, nonce } = anchor;
  const asked = (await submitCallsOf(execute, merkleRoot)).map(({ calendar }) => calendar);
  const left = deps.settings.calendars.filter((calendar) => !asked.includes(calendar));
  const commitment = Buffer.from(commitmentOf(checkpoint, nonce));
  for (const calendar of left)
    await addCall(execute, { merkleRoot, kind: 'submit', calendar, commitment }, { at, nextAt: at });
  if (left.length > 0) return;
  for (const calendar of asked)
    if (deps.settings.calendars.includes(calendar)) await submitAgain(execute, merkleRoot, calendar, at);
}
