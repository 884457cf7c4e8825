import { validate } from '@artdag/service-kit';
import { formatTlogProof } from '@artdag/transparency-log';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { sendNegotiatedText } from '../../http/answers.ts';
import { getProof, type GetProofDeps, type LeafProof } from '../get-proof.ts';
import { treeSizeSchema } from './list-checkpoints.route.ts';
import { notInLog } from '../not-in-log.ts';
import { sendNote } from './log-answers.ts';

export const leafHashForm = /^[0-9a-f]{64}$/;
export const getProofQuerySchema = z.object({ size: treeSizeSchema.optional() });

/** `GET /log/proof/{leaf_hash}`: JSON, or with `Accept: text/plain` the text of C2SP tlog-proof alone. */
export function getProofRoute(deps: GetProofDeps): RequestHandler<{ leafHash: string }> {
  return async (req, res) => {
    const { leafHash } = req.params;
    const { size } = validate('query', getProofQuerySchema, req.query);
    if (!leafHashForm.test(leafHash)) throw notInLog('A leaf hash is 64 lower-case hex digits.');
    const proof = await getProof(deps, Buffer.from(leafHash, 'hex'), size);
    const text = formatTlogProof({ ...proof, checkpoint: proof.checkpoint.note });
    // That of an archived checkpoint is the same for ever.
    const cacheControl = size === undefined ? 'no-store' : 'public, max-age=3600';
    if (req.accepts(['json', 'text/plain']) === 'text/plain') {
      res.setHeader('vary', 'Accept');
      return sendNote(res, text, cacheControl);
    }
    res.setHeader('cache-control', cacheControl);
    sendNegotiatedText(res, JSON.stringify(proofView(leafHash, proof, text)));
  };
}

function proofView(leafHash: string, { index, leaf, hashes, checkpoint }: LeafProof, tlogProof: string) {
  return {
    leaf_index: index,
    leaf_hash: leafHash,
    leaf,
    tree_size: checkpoint.size,
    root_hash: Buffer.from(checkpoint.root).toString('hex'),
    hashes: hashes.map((hash) => hash.toString('hex')),
    checkpoint: checkpoint.note,
    tlog_proof: tlogProof,
  };
}
