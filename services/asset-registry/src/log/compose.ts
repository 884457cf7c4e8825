import { createLoop } from '@artdag/service-kit';
import type { Part, Shared } from '../part.ts';
import { createLogRepository } from './log.repository.ts';

const sequenceEveryMs = 1_000;

/** The transparency log. */
export function composeLog({ database, logger }: Shared): Part {
  const log = createLogRepository(database);
  const run = (): Promise<boolean> => log.sequence();
  // Not woken by registrations: a batch a second costs far less than one for each of them.
  const sequencer = createLoop({ name: 'log sequencer', everyMs: sequenceEveryMs, run, logger });
  return { start: () => sequencer.start(), stop: () => sequencer.stop() };
}
