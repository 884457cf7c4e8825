import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import type { CheckpointReader } from '../checkpoints.ts';

/** `GET /log/vkeys`: the keys that have signed checkpoints, oldest first, as verifiers take them (C2SP signed-note). */
export function listVkeysRoute(origin: string, checkpoints: Pick<CheckpointReader, 'listKeys'>): RequestHandler {
  return async (_req, res) => {
    const keys = await checkpoints.listKeys();
    const vkeys = keys.map(({ vkey, keyId, status, fromSize }) => ({
      vkey,
      key_id: keyId,
      status,
      from_size: fromSize,
    }));
    res.setHeader('cache-control', 'public, max-age=60');
    sendJsonText(res, 200, JSON.stringify({ origin, vkeys }));
  };
}
