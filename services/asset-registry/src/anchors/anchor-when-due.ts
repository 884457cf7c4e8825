import type { AnchorDeps } from './anchor-deps.ts';
import { restMs } from './anchor-timing.ts';
import { createAnchor } from './create-anchor.ts';

/**
 * Makes the next anchor when an interval has passed since the last one, or since the log first waited for one, and the tree has grown.
 * A process that has just started rests first, so that a trial calls nobody; the interval itself goes on over restarts.
 *
 * @param startedAt when this process started
 */
export async function anchorWhenDue(deps: AnchorDeps, startedAt: Date): Promise<void> {
  const { intervalMs } = deps.settings;
  const now = deps.now().getTime();
  const isRested = now >= startedAt.getTime() + Math.min(restMs, intervalMs);
  const isDue = ({ waitingSince }: { waitingSince: Date }): boolean =>
    isRested && now >= waitingSince.getTime() + intervalMs;
  const created = await createAnchor(deps, { isDue });
  if (typeof created === 'object') deps.logger.info('made an anchor', { merkle_root: created.merkleRoot });
}
