import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import { getTile } from '../get-tile.ts';
import type { LogReader } from '../log-reader.ts';
import { forEver } from './log-answers.ts';

const compress = promisify(gzip);
/** Hashes do not shrink. */
const isBundle = (path: string): boolean => path.startsWith('entries/');

/** `GET /log/tile/<L>/<N>[.p/<W>]` and `GET /log/tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles). */
export function getTileRoute(log: LogReader): RequestHandler<{ tile: string[] }> {
  return async (req, res) => {
    // Each part was decoded by itself, so a slash in one of them was none of the path's.
    const path = req.params.tile.map((part) => encodeURIComponent(part)).join('/');
    const { bytes, isFull } = await getTile(log, path);
    res.setHeader('content-type', 'application/octet-stream');
    // A partial tile never changes either, but soon nobody asks for it any more.
    res.setHeader('cache-control', isFull ? forEver : 'public, max-age=3600');
    res.end(isBundle(path) ? await encode(req, res, bytes) : bytes);
  };
}

async function encode(req: Request<{ tile: string[] }>, res: Response, bytes: Buffer): Promise<Buffer> {
  res.setHeader('vary', 'Accept-Encoding');
  if (req.headers['accept-encoding'] === undefined || req.acceptsEncodings(['gzip', 'identity']) !== 'gzip')
    return bytes;
  res.setHeader('content-encoding', 'gzip');
  return await compress(bytes);
}
