import type { RequestHandler } from 'express';
import type { KeyRing } from './key-ring.ts';

/** `GET /.well-known/jwks.json`: the public halves of all keys that verify our tokens (RFC 7517). */
export function jwksRoute(deps: { ring: KeyRing }): RequestHandler {
  return (_req, res) => {
    res.set('cache-control', 'public, max-age=300').json(deps.ring.jwks());
  };
}
