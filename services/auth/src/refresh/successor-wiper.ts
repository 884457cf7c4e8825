import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import type { RefreshRepository } from './refresh.repository.ts';
import { successorLifeMs } from './rotate.ts';

const everyMs = 10_000;

/** Wipes sealed successors once they are given to nobody any more; every replica does, since it costs an empty index range. */
export function createSuccessorWiper(o: {
  refreshTokens: Pick<RefreshRepository, 'wipeSuccessors'>;
  logger: Logger;
  now: () => Date;
}): Loop {
  const run = () => o.refreshTokens.wipeSuccessors(new Date(o.now().getTime() - successorLifeMs));
  return createLoop({ name: 'refresh successors', everyMs, run, logger: o.logger });
}
