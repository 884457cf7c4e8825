import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { attach, type AttachDeps } from './attach.ts';
import { isForm, readL1Server } from './l1-server-body.ts';

/**
 * `POST /renderers/attach` `{l1_server}` → for a form 303 to the L1 with the token, for JSON 200 `{l1_server, auth_url, token, expires_at}`.
 * The token is nowhere else: in no page, and neither stored by caches nor told to others as a referrer.
 */
export function attachRoute(deps: AttachDeps): RequestHandler {
  return async (req, res) => {
    res.set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    const { l1Server, authUrl, token, expiresAt } = await attach(deps, actorOf(req), await readL1Server(req));
    if (!isForm(req)) res.json({ l1_server: l1Server, auth_url: authUrl, token, expires_at: expiresAt });
    // Not Express's redirect, which repeats the address in a body.
    else res.status(303).set('location', authUrl).end();
  };
}
