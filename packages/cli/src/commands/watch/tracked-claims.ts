import type { ActorEntry } from './actor-entry.ts';
import type { ListedClaim, Listing } from './listed-claims.ts';
import type { Alarm } from './alarm.ts';
import type { TrackedClaim } from './watch-state.ts';

/** Puts what log and list have brought to what is looked after already; oldest first. */
export function track(
  before: readonly TrackedClaim[],
  entries: readonly ActorEntry[],
  listed: readonly ListedClaim[],
  nowMs: number,
): { claims: TrackedClaim[]; alarms: Alarm[] } {
  const claims = new Map(before.map((claim) => [claim.id, claim]));
  const alarms: Alarm[] = [];
  for (const { type, activity: id, publishedMs, index, leaf } of entries) {
    if (type === 'Key') continue;
    const known = claims.get(id);
    if (known?.entry === undefined) {
      claims.set(id, { firstSeenMs: nowMs, ...known, id, publishedMs, entry: { index, leaf } });
    } else if (known.entry.index !== index) {
      const text = `The log has two entries of this claim, at ${known.entry.index} and ${index}.`;
      alarms.push({ code: 'claim_false', text, activity: id });
    }
  }
  for (const { id, publishedMs } of listed) {
    if (!claims.has(id)) claims.set(id, { id, publishedMs, firstSeenMs: nowMs });
  }
  const inOrder = [...claims.values()].toSorted(
    (a, b) => a.publishedMs - b.publishedMs || (a.entry?.index ?? Infinity) - (b.entry?.index ?? Infinity),
  );
  return { claims: inOrder, alarms };
}

/** Transactions overtake each other, and clocks differ. */
const overlapMs = 3_600_000;

/**
 * Forgets what is proved and old, and says from when on the list is read at the next look. Never later than this machine's clock says, as
 * otherwise one claim from the future would end the watch; nor than what is still under way.
 */
export function age(
  claims: readonly TrackedClaim[],
  { claims: listed, completeAfterMs }: Listing,
  nowMs: number,
): { claims: TrackedClaim[]; listedAfterMs: number } {
  const newestMs = Math.max(-1, ...listed.map(({ publishedMs }) => publishedMs));
  const oldestPendingMs = Math.min(...claims.filter(({ isProved }) => !isProved).map(({ publishedMs }) => publishedMs));
  const wanted = Math.min(newestMs - overlapMs, nowMs - overlapMs, oldestPendingMs - 1);
  const listedAfterMs = Math.max(completeAfterMs, wanted);
  return {
    claims: claims.filter(({ isProved, publishedMs }) => !isProved || publishedMs > listedAfterMs),
    listedAfterMs,
  };
}
