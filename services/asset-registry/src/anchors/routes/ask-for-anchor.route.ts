import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import type { AnchorDeps } from '../anchor-deps.ts';
import { askForAnchor } from '../ask-for-anchor.ts';
import type { AwaitSignedLogDeps } from '../await-signed-log.ts';
import { getAnchor } from '../get-anchor.ts';
import type { AnchorReaderDeps } from '../list-anchors.ts';

export interface AskForAnchorRouteDeps extends AnchorDeps, AwaitSignedLogDeps {
  reader: AnchorReaderDeps;
  /** Has what is due done at once. */
  wake: () => void;
}

/** `POST /anchors` (sysadmins and owners, scope assets:create) → 201 with the anchor, which goes out at once */
export function askForAnchorRoute(deps: AskForAnchorRouteDeps): RequestHandler {
  return async (req, res) => {
    const merkleRoot = await askForAnchor(deps, actorOf(req), res.locals.requestId);
    deps.wake();
    res.setHeader('location', `/anchors/${merkleRoot}`);
    sendJsonText(res, 201, JSON.stringify(await getAnchor(deps.reader, merkleRoot)));
  };
}
