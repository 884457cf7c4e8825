import { anchorWhenDue } from './anchor-when-due.ts';
import type { AnchorDeps } from './anchor-deps.ts';
import { confirmAnchors } from './confirm-anchors.ts';
import { makeCalls } from './make-calls.ts';
import { measureAnchors } from './measure-anchors.ts';
import { noticeLateAnchors } from './notice-late-anchors.ts';

/**
 * One turn of the loop: everything about anchors that is due. Each step takes its work by rows that it claims or locks, so any number of replicas
 * may run it, and one that dies leaves nothing that the next turn of another does not take up.
 *
 * @returns true when there may be more to do at once
 */
export async function workOnAnchors(deps: AnchorDeps, startedAt: Date, signal: AbortSignal): Promise<boolean> {
  const steps = [anchorWhenDue, noticeLateAnchors, confirmAnchors, measureAnchors];
  for (const step of steps) {
    if (signal.aborted) return false;
    await step(deps, startedAt);
  }
  return !signal.aborted && (await makeCalls(deps)) > 0;
}
