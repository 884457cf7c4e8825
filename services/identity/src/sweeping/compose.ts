import { createLoop } from '@artdag/service-kit';
import type { Part, Shared } from '../part.ts';
import { confirmEnds } from './confirm-ends.ts';
import { confirmKeys } from './confirm-keys.ts';
import { endExpiredAgents } from './end-expired-agents.ts';
import { sweepRepository as repository } from './sweep.repository.ts';

const everyMs = 2000;
const measureMs = 5000;

/**
 * What is left to do after a crash or an outage, and what falls due by itself. Every replica does it; they need not know of each other.
 * Each job has a loop of its own, so that an auth that is away stops no pruning.
 */
export function composeSweeping(shared: Shared): Part {
  const { execute, logger, metrics } = shared;
  const deps = { ...shared, repository };
  const ends = metrics.gauge(
    'identity_unconfirmed_ends',
    'Ended agents and organisations that auth has not confirmed.',
  );
  const keys = metrics.gauge('identity_unconfirmed_revocations', 'Revoked public keys that auth has not confirmed.');

  const measure = async (): Promise<void> => {
    const count = await repository.countUnconfirmed(execute);
    ends.set(count.ends);
    keys.set(count.keys);
  };
  const prune = async (): Promise<boolean> => {
    const more = await repository.prune(execute, 'msign_seen');
    return (await repository.prune(execute, 'auth_challenges')) || more;
  };
  const loops = [
    createLoop({ name: 'unconfirmed revocations', everyMs, logger, run: () => confirmKeys(deps) }),
    createLoop({ name: 'unconfirmed ends', everyMs, logger, run: (signal) => confirmEnds(deps, signal) }),
    createLoop({ name: 'expired agents', everyMs, logger, run: (signal) => endExpiredAgents(deps, signal) }),
    createLoop({ name: 'expired challenges and uses', everyMs, logger, run: prune }),
    createLoop({ name: 'unconfirmed counts', everyMs: measureMs, logger, run: measure }),
  ];
  return {
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
