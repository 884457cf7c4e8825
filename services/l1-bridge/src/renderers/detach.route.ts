import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { detach, type DetachDeps } from './detach.ts';
import { isForm, readL1Server } from './l1-server-body.ts';

/** `POST /renderers/detach` `{l1_server}` → for a form 303 to `/renderers`, for JSON 200 `{l1_server, attached: false, was_attached}`. */
export function detachRoute(deps: DetachDeps): RequestHandler {
  return async (req, res) => {
    res.set('cache-control', 'no-store');
    const { l1Server, was } = await detach(deps, actorOf(req), await readL1Server(req));
    if (isForm(req)) res.status(303).set('location', '/renderers').end();
    else res.json({ l1_server: l1Server, attached: false, was_attached: was });
  };
}
