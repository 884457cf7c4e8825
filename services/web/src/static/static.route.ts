import type { RequestHandler } from 'express';
import type { StaticFile, StaticFiles } from './static-files.ts';

/**
 * `GET /static/{name}.{hash}.{extension}` → the file, to be kept for good (RFC 8246).
 *
 * While replicas of two versions answer, a page may name the other one's file: it gets ours, to be asked for again
 * the next time, which is better than a page without its style.
 */
export function staticRoute(files: StaticFiles): RequestHandler {
  const byName = new Map<string, StaticFile>(Object.values(files).map((file: StaticFile) => [nameOf(file.path), file]));
  return (req, res, next) => {
    const file = byName.get(nameOf(req.path));
    if (file === undefined) return next();
    const isCompressed = req.acceptsEncodings('br') === 'br';
    res
      .set({ 'content-type': file.type, vary: 'Accept-Encoding' })
      .set('cache-control', file.path === req.path ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (isCompressed) res.set('content-encoding', 'br');
    res.send(isCompressed ? file.compressed : file.bytes);
  };
}

/** Without the hash; itself for whatever has none. */
function nameOf(path: string): string {
  return path.replace(/\.[\w-]{16}(?=\.\w+$)/, '');
}
