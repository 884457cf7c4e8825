import type { Shared } from '../../part.ts';
import { createFreshValues } from '../fresh-values.ts';
import { createChangeRepository } from './change.repository.ts';
import type { ChangeAssetDeps } from './change.ts';
import { createTurns } from './turns.ts';

/** What changes of assets are made with, for whichever part makes them. */
export function createChangeDeps(shared: Shared): ChangeAssetDeps {
  const { urls, keys, signer, now, onClaim } = shared;
  const changes = createChangeRepository(shared.database);
  return { urls, keys, signer, onClaim, changes, turns: createTurns(now), fresh: createFreshValues(now) };
}
