import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { AppError, isKnown, sendError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';

/**
 * `GET /download/client` → the command line client (art-dag-l2.md §5). Its tag is the digest of its bytes, so replicas agree.
 *
 * @param archivePath a file that may be replaced, or missing, at any time
 * @throws AppError 404 `client_not_built`, for people; programs get it as JSON
 */
export function clientRoute(archivePath: string): RequestHandler {
  return async (req, res) => {
    const archive = await readIfThere(archivePath);
    if (archive === undefined) {
      const error = new AppError('client_not_built', 404, 'This server does not have the command line client at hand.');
      res.vary('Accept');
      if (req.accepts(['json', 'html']) === 'html') throw error;
      return sendError(res, error);
    }
    const etag = `"${createHash('sha256').update(archive).digest('base64url')}"`;
    res.set({ etag, 'cache-control': 'public, no-cache' });
    if (isKnown(req.get('if-none-match'), etag)) return void res.status(304).end();
    const disposition = 'attachment; filename="artdag-client.tar.gz"';
    res.set({ 'content-type': 'application/gzip', 'content-disposition': disposition }).send(archive);
  };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
