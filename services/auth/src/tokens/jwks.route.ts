import type { RequestHandler } from 'express';
import type { KeyRing } from './key-ring.ts';

/** `GET /.well-known/jwks.json`: the public halves of all keys that verify our tokens (RFC 7517). */
export function jwksRoute(deps: { ring: KeyRing; keyPublishMs: number }): RequestHandler {
  // A new key signs once every copy of an older set has gone stale.
  const cacheControl = `public, max-age=${Math.floor(deps.keyPublishMs / 1000)}`;
  return (_req, res) => {
    res.set('cache-control', cacheControl).json(deps.ring.jwks());
  };
}
