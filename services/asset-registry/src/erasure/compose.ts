import { requireService } from '@artdag/actor-context';
import { executeWithPg, type Execute } from '@artdag/messaging';
import { createChangeDeps } from '../assets/changes/compose.ts';
import { onUserDeleted } from '../consumers/on-user-deleted.ts';
import type { Part, Shared } from '../part.ts';
import { createErasableRepository } from './erasable.repository.ts';
import { eraseRoute } from './erase.route.ts';
import { createEraser } from './eraser.ts';
import { lookUpRoute } from './look-up.route.ts';
import { usernameOf } from './username-of.ts';

/** Erasing what people wrote: on an operator's word, and with an account. */
export function composeErasure(shared: Shared): Part {
  const { database, names, urls, execute, logger, metrics, now, identity, wakeRelay } = shared;
  const transaction = <T>(work: (execute: Execute) => Promise<T>): Promise<T> =>
    database.pgTransaction((client) => work(executeWithPg(client)), { system: true });
  const deps = { assets: createErasableRepository(database), names, urls, execute, transaction, logger, now };
  const open = metrics.gauge('erasures', 'Erasures that are not at their end yet.');
  const onCount = (erasures: number): void => open.set(erasures);
  const eraser = createEraser({ ...deps, onCount, usernameOf: (actorId) => usernameOf(identity, actorId) });
  const onErased = (): void => {
    wakeRelay();
    eraser.wake();
  };
  const admin = requireService('admin');
  return {
    consumers: [onUserDeleted(shared)],
    routes(app) {
      app.post('/internal/admin/erase/look-up', admin, lookUpRoute(deps));
      app.post('/internal/admin/erase', admin, eraseRoute({ ...createChangeDeps(shared), ...deps, onErased }));
    },
    start: () => eraser.start(),
    stop: () => eraser.stop(),
  };
}
