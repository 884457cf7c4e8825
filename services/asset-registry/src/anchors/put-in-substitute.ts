import type { AnchorDeps } from './anchor-deps.ts';
import { commitmentOf } from './anchor-proof.ts';
import { operatorOf } from './calendars/calendar-url.ts';
import { substituteFor, wantedOperators } from './calendars/choose-calendars.ts';
import { addCall, submitCallsOf, type ClaimedCall } from './calls.repository.ts';
import { lockAnchor } from './locked-anchor.repository.ts';

/** So often a calendar is tried before another one is asked in its stead. */
const patience = 2;

/** Has a further calendar take the anchor when those that were asked let it down and too few operators are left. */
export async function putInSubstitute(deps: AnchorDeps, failed: ClaimedCall): Promise<void> {
  if (failed.attempts < patience) return;
  const { calendars } = deps.settings;
  const at = deps.now();
  await deps.transaction(async (execute) => {
    const anchor = await lockAnchor(execute, failed.merkleRoot);
    if (anchor === undefined) return;
    const asked = await submitCallsOf(execute, failed.merkleRoot);
    const hopeful = asked.filter(({ accepted, attempts }) => accepted || attempts < patience);
    if (new Set(hopeful.map(({ calendar }) => operatorOf(calendar))).size >= wantedOperators(calendars)) return;
    const calendar = substituteFor(
      calendars,
      asked.map((call) => call.calendar),
    );
    if (calendar === undefined) return;
    const commitment = Buffer.from(commitmentOf(anchor.checkpoint, anchor.nonce));
    const call = { merkleRoot: failed.merkleRoot, kind: 'submit', calendar, commitment } as const;
    await addCall(execute, call, { at, nextAt: at });
  });
}
