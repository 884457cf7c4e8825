import { otsMediaType } from '@artdag/opentimestamps';
import type { RequestHandler } from 'express';
import { getAnchorProof } from '../get-anchor.ts';
import type { AnchorReaderDeps } from '../list-anchors.ts';

/** `GET /anchors/{merkle_root}/proof.ots` → the proof of the anchor's checkpoint, as a file */
export function getAnchorProofRoute(deps: AnchorReaderDeps): RequestHandler<{ merkle_root: string }> {
  return async (req, res) => {
    const { merkle_root: merkleRoot } = req.params;
    const proof = await getAnchorProof(deps, merkleRoot);
    res.statusCode = 200;
    res.setHeader('content-type', otsMediaType);
    res.setHeader('content-length', proof.length);
    res.setHeader('content-disposition', `attachment; filename="${merkleRoot}.ots"`);
    // It gains attestations over time.
    res.setHeader('cache-control', 'no-cache');
    res.end(proof);
  };
}
