import type { RequestHandler } from 'express';
import { getTile } from '../get-tile.ts';
import type { LogReader } from '../log-reader.ts';
import { forEver } from './log-answers.ts';

/** `GET /log/tile/<L>/<N>[.p/<W>]` and `GET /log/tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles). */
export function getTileRoute(log: LogReader): RequestHandler<{ tile: string[] }> {
  return async (req, res) => {
    const { bytes, isFull } = await getTile(log, req.params.tile.join('/'));
    res.setHeader('content-type', 'application/octet-stream');
    // A partial tile never changes either, but soon nobody asks for it any more.
    res.setHeader('cache-control', isFull ? forEver : 'public, max-age=3600');
    res.end(bytes);
  };
}
