import { finished } from 'node:stream/promises';
import { actorOf } from '@artdag/actor-context';
import { AppError, discardBody } from '@artdag/service-kit';
import type { Request, RequestHandler } from 'express';
import { HeldOutput } from './held-output.ts';
import { maxBatchBytes } from './limits.ts';
import type { Places } from './places.ts';
import { registerBatch, type RegisterBatchDeps } from './register-batch.ts';

export const ndjson = 'application/x-ndjson';

/** `POST /assets/batch` (scope assets:create): NDJSON in, a line for an asset; NDJSON out, a line for each with its own status. */
export function registerBatchRoute(deps: RegisterBatchDeps & { places: Places }): RequestHandler {
  return async (req, res) => {
    const { actor, org_id: orgId } = actorOf(req);
    refuseUnreadable(req);
    const leave = deps.places.take(actor.actor_id);
    const registrant = { actorId: actor.actor_id, orgId, requestId: res.locals.requestId };
    const output = new HeldOutput(res, () => res.writeHead(200, { 'content-type': ndjson }));
    try {
      const source = req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      await registerBatch(deps, registrant, source, output);
      await Promise.all([output.flush(), readToEnd(req)]);
      res.end();
    } catch (error) {
      // Of an answer that nobody waits for, nothing is to be said; what was stored may be sent again.
      if (!req.readableAborted && !res.destroyed) throw error;
    } finally {
      leave();
      if (!req.readableEnded) discardBody(req);
    }
  };
}

/**
 * Reads what is left of a batch that ended early, and forgets it. A connection that closes while somebody still sends takes the answer with it:
 * the gateway would have none to hand on.
 */
async function readToEnd(req: Request): Promise<void> {
  if (req.readableEnded || req.destroyed) return;
  let bytes = 0;
  req.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > maxBatchBytes) req.destroy();
  });
  req.resume();
  await finished(req, { writable: false }).catch(() => undefined);
}

/** @throws AppError 415 `unsupported_media_type`, 413 `body_too_large` */
function refuseUnreadable(req: Request): void {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  if (type.trim() !== ndjson) throw unsupported(`A batch is sent as it is, with Content-Type: ${ndjson}.`);
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset))
    throw unsupported('A batch is taken in UTF-8 only.');
  if ((req.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    throw unsupported('A compressed batch is not taken; send it as it is.');
  if (Number(req.headers['content-length'] ?? 0) > maxBatchBytes)
    throw new AppError('body_too_large', 413, `A batch has at most ${maxBatchBytes} bytes.`);
}

function unsupported(message: string): AppError {
  return new AppError('unsupported_media_type', 415, message);
}
