import type { RequestHandler } from 'express';
import { notFound, sendJsonText } from '../../http/answers.ts';
import type { AnchorRepository } from '../anchor.repository.ts';
import { getAnchor, merkleRootForm } from '../get-anchor.ts';
import type { AnchorReaderDeps } from '../list-anchors.ts';

export interface UpgradeAnchorRouteDeps {
  anchors: AnchorRepository;
  reader: AnchorReaderDeps;
  now: () => Date;
  wake: () => void;
}

/** `POST /anchors/{merkle_root}/upgrade` (sysadmins) → 202: calendars are asked again at once, and the block headers' source too */
export function upgradeAnchorRoute(deps: UpgradeAnchorRouteDeps): RequestHandler<{ merkle_root: string }> {
  return async (req, res) => {
    const { merkle_root: merkleRoot } = req.params;
    const isKnown = merkleRootForm.test(merkleRoot) && (await deps.anchors.askAgain(merkleRoot, deps.now()));
    if (!isKnown) throw notFound('anchor');
    deps.wake();
    sendJsonText(res, 202, JSON.stringify(await getAnchor(deps.reader, merkleRoot)));
  };
}
