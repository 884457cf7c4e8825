/** Why the bridge has a token for an L1 end, as auth and the L1 hear it. */
export type EndReason = 'detached' | 'evicted' | 'revoked' | QuietReason;

/** Of these the L1 hears nothing: it has said so itself, is none of ours any more, has never got the token, or can read in it that it has run out. */
const quiet = ['l1_logout', 'l1_removed', 'l1_closed', 'expired'] as const;
type QuietReason = (typeof quiet)[number];

/** Whether an L1 is told of a token that ended for this reason. */
export function isToldOf(reason: string): boolean {
  return !quiet.some((one) => one === reason);
}
