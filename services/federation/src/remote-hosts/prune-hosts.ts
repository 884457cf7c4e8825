import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import type { RemoteHostRepository } from './remote-host.repository.ts';

export interface PruneHostsDeps {
  remoteHosts: Pick<RemoteHostRepository, 'prune'>;
  logger: Logger;
  now: () => Date;
}

const EVERY_MS = 3600_000;
const KEPT_MS = 90 * 24 * 3600_000;
/** Strangers can have as many host names as they like. */
const MAX_HOSTS = 100_000;

/** Keeps what is remembered of hosts in bounds. */
export function createHostPruner({ remoteHosts, logger, now }: PruneHostsDeps): Loop {
  const run = () => remoteHosts.prune(new Date(now().getTime() - KEPT_MS), MAX_HOSTS);
  return createLoop({ name: 'prune remote hosts', everyMs: EVERY_MS, logger, run });
}
