import { shownAs, validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { sendJsonText } from '../../http/answers.ts';
import { pageAddress } from '../../http/page-address.ts';
import { limitSchema } from '../../http/paging.ts';
import type { CheckpointReader, SignedCheckpoint } from '../checkpoints.ts';
import { treeSizeForm } from './get-checkpoint.route.ts';

const afterMessage = 'Wants the size of a tree.';
export const treeSizeSchema = shownAs(z.string(afterMessage).regex(treeSizeForm, afterMessage).transform(Number), {
  type: 'integer',
  minimum: 0,
});

export const listCheckpointsQuerySchema = z.object({
  limit: limitSchema,
  after: treeSizeSchema.optional(),
});

/** `GET /log/checkpoints`: every checkpoint that was ever served, from the smallest on. */
export function listCheckpointsRoute(checkpoints: Pick<CheckpointReader, 'list'>): RequestHandler {
  return async (req, res) => {
    const { limit, after = 0 } = validate('query', listCheckpointsQuerySchema, req.query);
    const found = await checkpoints.list(after, limit + 1);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const next = last === undefined ? null : pageAddress(req, { limit: String(limit), after: String(last.size) });
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    sendJsonText(res, 200, JSON.stringify({ checkpoints: page.map(checkpointView), limit, next }));
  };
}

function checkpointView({ size, root, note, keyId, signedAt }: SignedCheckpoint) {
  return {
    size,
    root_hash: Buffer.from(root).toString('hex'),
    key_id: keyId,
    signed_at: signedAt.toISOString(),
    checkpoint: note,
  };
}
