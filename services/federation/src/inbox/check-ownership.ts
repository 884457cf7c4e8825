import { AppError } from '@artdag/service-kit';
import { idOf, isHttpUrl, isJsonObject } from '../remote-actors/remote-actor.ts';
import type { LocalUrls } from '../urls.ts';
import type { ReceivedActivity } from './read-activity.ts';

export interface OwnershipDeps {
  urls: LocalUrls;
  /** Whether we have ever fetched that actor. */
  knowsActor(apId: string): Promise<boolean>;
}

/**
 * An Update or Delete of something that we know must come from its owner: what is ours is nobody else's, an actor is its own, and an
 * object is its `attributedTo`'s. Throws AppError 403 `not_owner`.
 */
export async function checkOwnership(deps: OwnershipDeps, { type, object, actor }: ReceivedActivity): Promise<void> {
  if (type !== 'Update' && type !== 'Delete') return;
  const id = idOf(object);
  if (id === actor) return;
  if (isHttpUrl(id) && !(await mayBeTheirs(deps, id, actor))) throw notOwner();
  if (!isJsonObject(object)) return;
  const owners: unknown[] = [object['attributedTo'] ?? object['actor'] ?? actor].flat();
  if (!owners.some((owner) => idOf(owner) === actor)) throw notOwner();
}

async function mayBeTheirs(deps: OwnershipDeps, id: string, actor: string): Promise<boolean> {
  if (deps.urls.isOurs(id) || new URL(id).host !== new URL(actor).host) return false;
  return !(await deps.knowsActor(id));
}

function notOwner(): AppError {
  return new AppError('not_owner', 403, 'Only its owner may change or delete that.');
}
