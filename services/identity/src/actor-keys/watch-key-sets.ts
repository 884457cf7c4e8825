import type { Execute } from '@artdag/messaging';
import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import type { ActorKeyRepository } from './actor-key.repository.ts';
import type { SigningKeys } from './signing-keys.ts';

const everyMs = 5000;
/** Commits overtake each other: a change may become visible that long after its time. */
const overlapMs = 60_000;

/**
 * Looks every 5 s which key sets have changed, so that a replica which missed the message of a rotation signs with the former key for
 * some seconds at most. While the database is away nothing is forgotten, and the look after that reaches back to the last one.
 */
export function watchKeySets(o: {
  repository: ActorKeyRepository;
  execute: Execute;
  keys: SigningKeys;
  logger: Logger;
  now: () => Date;
}): Loop {
  let since = new Date(o.now().getTime() - overlapMs);
  return createLoop({
    name: 'watch key sets',
    everyMs,
    maxBackoffMs: everyMs,
    logger: o.logger,
    run: async () => {
      const { changed, now } = await o.repository.changedSince(o.execute, since);
      for (const { actorId, version } of changed) o.keys.forget(actorId, version);
      since = new Date(now.getTime() - overlapMs);
    },
  });
}
