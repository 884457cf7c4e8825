import type { RequestHandler } from 'express';
import type { CheckpointReader } from '../checkpoints.ts';
import { notInLog } from '../not-in-log.ts';
import { forEver, sendNote } from './log-answers.ts';

/** `GET /log/checkpoint`: the newest signed checkpoint (C2SP tlog-tiles). */
export function getCheckpointRoute(checkpoints: Pick<CheckpointReader, 'findLatest'>): RequestHandler {
  return async (_req, res) => {
    const checkpoint = await checkpoints.findLatest();
    if (checkpoint === undefined) throw notInLog('The log has no signed checkpoint yet.');
    sendNote(res, checkpoint.note, 'public, max-age=1');
  };
}

/** `GET /log/checkpoints/{size}`: a checkpoint as it was served, however long ago. */
export function getArchivedCheckpointRoute(
  checkpoints: Pick<CheckpointReader, 'find'>,
): RequestHandler<{ size: string }> {
  return async (req, res) => {
    const { size } = req.params;
    const checkpoint = treeSizeForm.test(size) ? await checkpoints.find(Number(size)) : undefined;
    if (checkpoint === undefined) throw notInLog('There is no signed checkpoint of that size.');
    sendNote(res, checkpoint.note, forEver);
  };
}

/** Fifteen digits are exact in a double. */
export const treeSizeForm = /^(?:0|[1-9]\d{0,14})$/;
