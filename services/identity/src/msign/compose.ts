import { requireService } from '@artdag/actor-context';
import type { Part, Shared } from '../part.ts';
import { keyListRepository } from './key-list.repository.ts';
import { createKeyLists } from './key-lists.ts';
import { keyUseRepository } from './key-uses.repository.ts';
import { createKeyUses } from './key-uses.ts';
import { seenRepository } from './seen.repository.ts';
import { createTurns } from './turns.ts';
import { verifyRoute } from './verify.route.ts';

/** One and a half milliseconds on the event loop, after which others have their turn. */
const verificationsPerTurn = 16;

/** Verification of signed requests for the gateway. */
export function composeMSign(shared: Shared): Part {
  const { config, execute, now, logger, invalidations, actors } = shared;
  const find = (handles: readonly string[]) => keyListRepository.find(execute, handles, now());
  const uses = createKeyUses({ write: (...given) => keyUseRepository.write(execute, ...given), now, logger });
  const deps = {
    lists: createKeyLists({ find, invalidations, now }),
    actors,
    turns: createTurns(verificationsPerTurn),
    acceptLegacy: config.acceptLegacyMSign,
    insertSeen: seenRepository.insert.bind(null, execute),
    uses,
    now,
    onFailure: (error: unknown) => void logger.warn('Signed requests could not be judged.', { error }),
  };
  return {
    routes: (app) => void app.post('/internal/identity/msign/verify', requireService('gateway'), verifyRoute(deps)),
    start: () => uses.start(),
    stop: () => uses.stop(),
  };
}
