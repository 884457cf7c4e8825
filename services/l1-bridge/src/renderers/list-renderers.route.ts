import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { listRenderers, type ListRenderersDeps } from './list-renderers.ts';

/** `GET /renderers` → `{"renderers":[{l1_server, name, status, attached, verified_at}]}` for the actor who asks. */
export function listRenderersRoute(deps: ListRenderersDeps): RequestHandler {
  return async (req, res) => {
    const renderers = await listRenderers(deps, actorOf(req).actor);
    res.set({ 'cache-control': 'private, no-store', vary: 'Accept' }).json({ renderers });
  };
}
