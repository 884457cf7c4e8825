import type { Execute } from '@artdag/messaging';
import type { IdentityClient } from '../identity/identity-client.ts';
import type { LocalUrls } from '../urls.ts';
import { isUsername } from '../urls.ts';
import { isComplete } from './actor-keys.ts';
import type { ActorRepository } from './actor.repository.ts';
import { applyKeys } from './apply-actor-event.ts';
import type { LocalActor } from './local-actor.ts';

export interface ActorDeps {
  actors: ActorRepository;
  identity: Pick<IdentityClient, 'actorKeys'>;
  urls: LocalUrls;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  now: () => Date;
}

/** Where actors of ours are found. */
export type LocalActors = Pick<ActorRepository, 'findByUsername'>;

/** Any actor of ours, deleted ones included. */
export async function findActor(deps: { actors: LocalActors }, username: string): Promise<LocalActor | undefined> {
  return isUsername(username) ? deps.actors.findByUsername(username) : undefined;
}

/**
 * An actor with both public keys. Until `actor-keys-changed` has told them, identity is asked (it makes a missing pair first) and
 * its answer kept, under the version that the event will have.
 * @throws AppError 503 when identity does not answer.
 */
export async function findActorWithKeys(deps: ActorDeps, username: string): Promise<LocalActor | undefined> {
  const actor = await findActor(deps, username);
  if (actor === undefined || actor.deletedAt !== null || isComplete(actor.keys)) return actor;
  const found = await deps.identity.actorKeys(actor.actorId);
  if (found === undefined) return actor;
  const keySet = { actorId: actor.actorId, username, ...found, now: deps.now() };
  await deps.transaction((execute) => applyKeys(execute, deps.urls, keySet));
  return (await findActor(deps, username)) ?? actor;
}
