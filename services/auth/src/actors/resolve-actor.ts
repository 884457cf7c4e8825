import { actorNotFound } from './locked-actor.ts';

export interface ResolveActorDeps {
  actors: { idOf(handle: string): Promise<string | null> };
}

/** An actor's id from what an operator typed: the id itself (`user:…`) or a handle. @throws AppError 404 `actor_not_found` */
export async function resolveActor(deps: ResolveActorDeps, ref: string): Promise<string> {
  if (/^(user|agent|service):[A-Za-z0-9._:-]{1,100}$/.test(ref)) return ref;
  const id = /^[a-z0-9-]{2,64}$/.test(ref) ? await deps.actors.idOf(ref) : null;
  if (id === null) throw actorNotFound(ref);
  return id;
}
