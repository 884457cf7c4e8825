import type { Finding } from '../providers/copy.ts';
import type { PinRow, PinStatus } from '../pins/pin-row.ts';

/** What a check of a copy saw. `unreachable` says nothing about the copy. */
export type CheckResult = Finding['result'] | 'unreachable';

export type PinState = Pick<PinRow, 'status' | 'status_since' | 'suspected' | 'suspected_since'>;

export interface Verdict {
  state: PinState;
  isChange: boolean;
}

/**
 * What a pin's status is after a check. That a copy is missing or changed is believed when two checks in a row say it, and then since the first
 * of them: providers have bad minutes. A check that reached nobody, or found the copy on its way, neither confirms nor refutes.
 */
export function judge(before: PinState, result: CheckResult, at: Date): Verdict {
  if (result === 'unreachable' || result === 'pending') return { state: before, isChange: false };
  if (result === 'present' || result === 'unsupported') return settled(before, result, at);
  if (result === before.status) return settled(before, result, at);
  if (result === before.suspected) return settled(before, result, before.suspected_since ?? at);
  return { state: { ...before, suspected: result, suspected_since: at }, isChange: false };
}

function settled(before: PinState, status: PinStatus, since: Date): Verdict {
  const isChange = status !== before.status;
  return {
    state: { status, status_since: isChange ? since : before.status_since, suspected: null, suspected_since: null },
    isChange,
  };
}
