import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import type { RendererRepository } from './renderer.repository.ts';

export interface ListRenderersDeps {
  renderers: RendererRepository;
  /** The configured servers: one that was taken out of the configuration is not offered any more. */
  l1Servers: readonly string[];
}

/** `GET /renderers` → `{"renderers":[{l1_server, name, status, attached, verified_at}]}` for the actor who asks. */
export function listRenderersRoute({ renderers, l1Servers }: ListRenderersDeps): RequestHandler {
  return async (req, res) => {
    const { actor } = actorOf(req);
    const list = await renderers.listFor(actor.actor_id, l1Servers);
    res.set({ 'cache-control': 'private, no-store', vary: 'Accept' }).json({ renderers: list });
  };
}
