import type { Execute } from '@artdag/messaging';
import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import { pruneRemoteActors } from '../remote-actors/prune-remote-actors.ts';
import { blankOldTexts, removeOldEntries } from './retention.repository.ts';

/** How much of what strangers make us keep is kept. */
export interface InboxBounds {
  /** Days for which texts are kept, and the ids by which a repeated activity is known. */
  textDays: number;
  idDays: number;
  /** Remote actors. */
  maxRemoteActors: number;
}

export interface HousekeepingDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  logger: Logger;
  now: () => Date;
}

const EVERY_MS = 60_000;
const AT_ONCE = 1_000;
const DAY_MS = 24 * 3600_000;

/** Lets go of what is past keeping, a small batch to a statement. Replicas share the work. */
export function createInboxHousekeeping(
  { execute, logger, now }: HousekeepingDeps,
  bounds: InboxBounds,
  everyMs = EVERY_MS,
): Loop {
  const daysAgo = (days: number): Date => new Date(now().getTime() - days * DAY_MS);
  return createLoop({
    name: 'inbox housekeeping',
    everyMs,
    logger,
    async run() {
      const more = [
        await blankOldTexts(execute, daysAgo(bounds.textDays), AT_ONCE),
        await removeOldEntries(execute, daysAgo(bounds.idDays), AT_ONCE),
        await pruneRemoteActors(execute, { max: bounds.maxRemoteActors, limit: AT_ONCE }),
      ];
      return more.includes(true);
    },
  });
}
