import type { ActorIdentity } from '@artdag/actor-context';
import type { Renderer, RendererRepository } from './renderer.repository.ts';

export interface ListRenderersDeps {
  renderers: RendererRepository;
  /** The configured servers. */
  l1Servers: readonly string[];
}

/**
 * The servers that an actor may use, in the configuration's order, each with the actor's own attachment. One that was taken
 * out of the configuration is not offered any more, though its row and attachments stay.
 */
export function listRenderers({ renderers, l1Servers }: ListRenderersDeps, actor: ActorIdentity): Promise<Renderer[]> {
  return renderers.listFor(actor.actor_id, l1Servers);
}
