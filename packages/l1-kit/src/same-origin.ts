import type { Request } from 'express';
import { KitError } from './kit-error.ts';

/**
 * Throws KitError 403 `csrf` unless a browser says that the request is from this L1's own pages. A cookie alone does not say so: siblings on the parent domain
 * are "same-site".
 */
export function assertSameOrigin(req: Request, publicUrl: string): void {
  if (/^(GET|HEAD|OPTIONS)$/.test(req.method)) return;
  const origin = req.headers.origin;
  const isOwn = origin === undefined ? req.headers['sec-fetch-site'] === 'same-origin' : origin === publicUrl;
  if (!isOwn) throw new KitError('csrf', 403, `Send this from a page of ${publicUrl} itself.`);
}
