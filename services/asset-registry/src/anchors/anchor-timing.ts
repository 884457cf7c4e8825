const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** So long whoever took a call or a check may take to finish it; then another replica does. */
export const claimMs = minute;
/** Without a block after this time an anchor is stale. */
export const staleAfterMs = 24 * hour;
/** How often a stale anchor is submitted elsewhere, a day apart: a proof must not grow for ever. */
export const maxStaleRounds = 7;
/** After a start nothing new goes out for so long, or for one interval, whichever is shorter. */
export const restMs = 10 * minute;
/** Between two anchors that people ask for. */
export const askedForEveryMs = 10 * minute;
/** Between two looks for a block's successors. */
export const headerCheckEveryMs = 10 * minute;

/** How long a calendar that did not take an anchor is left alone: 30 s, doubling up to an hour. */
export function submitRetryMs(attempts: number): number {
  return Math.min(30 * second * 2 ** Math.min(attempts - 1, 20), hour);
}

/** How long until a calendar is asked again: 10 minutes after it promised, then 20, doubling up to 6 hours. */
export function pollAgainMs(attempts: number): number {
  return Math.min(10 * minute * 2 ** Math.min(attempts, 20), 6 * hour);
}
