import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import { askCalendarsAgain, type AskAgainDeps } from '../ask-calendars-again.ts';

export interface UpgradeAnchorRouteDeps extends AskAgainDeps {
  /** Has what is due done at once. */
  wake: () => void;
}

/** `POST /anchors/{merkle_root}/upgrade` (sysadmins) → 202: calendars are asked again at once, and the block headers' source too */
export function upgradeAnchorRoute(deps: UpgradeAnchorRouteDeps): RequestHandler<{ merkle_root: string }> {
  return async (req, res) => {
    const anchor = await askCalendarsAgain(deps, req.params.merkle_root);
    deps.wake();
    sendJsonText(res, 202, JSON.stringify(anchor));
  };
}
