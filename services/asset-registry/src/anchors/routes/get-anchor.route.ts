import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import { getAnchor } from '../get-anchor.ts';
import type { AnchorReaderDeps } from '../list-anchors.ts';

/** `GET /anchors/{merkle_root}` */
export function getAnchorRoute(deps: AnchorReaderDeps): RequestHandler<{ merkle_root: string }> {
  return async (req, res) => {
    sendJsonText(res, 200, JSON.stringify(await getAnchor(deps, req.params.merkle_root)));
  };
}
