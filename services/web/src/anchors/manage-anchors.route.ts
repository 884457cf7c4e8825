import { AppError } from '@artdag/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { askAccount, type AccountDeps } from '../account/ask-account.ts';
import { doneAt } from '../account/done.ts';
import { passCookies, seeOther } from '../account/finish-form.ts';
import { readOwnForm } from '../account/own-form.ts';
import { codeOf, commonRefusal, inWords, refusalBy, type Refusal, type Words } from '../account/refusal.ts';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import { visitOf } from '../gateway/visit.ts';
import { segment } from '../gateway/with-query.ts';
import { anchorPath } from './anchor-path.ts';
import { sendAnchor, sendAnchors, type AnchorsDeps } from './anchors.route.ts';

export type ManageAnchorsDeps = AnchorsDeps & AccountDeps;

/** `GET /anchors/ui` → the anchors, with the form that makes one. */
export function showManageAnchorsRoute(deps: ManageAnchorsDeps): RequestHandler {
  return async (req, res) => {
    await refuseStrangers(deps, req);
    await sendAnchors(deps, req, res, { isManaged: true });
  };
}

const madeSchema = z.object({ merkle_root: z.string() });

/**
 * `POST /anchors/ui` → 303 to the anchor of all that was not anchored yet, or the page and why there is none. With `root` it asks the
 * calendars again for that anchor, which is for administrators.
 */
export function anchorNowRoute(deps: ManageAnchorsDeps): RequestHandler {
  return async (req, res) => {
    const form = await readOwnForm(req, deps.publicOrigins);
    await refuseStrangers(deps, req);
    const root = form.get('root');
    if (root !== null) return askAgain(deps, req, res, root);
    const answer = await askAccount(deps, { path: '/anchors', visit: visitOf(req), body: {} });
    passCookies(res, answer);
    if (answer.status === 201) return seeOther(res, anchorPath(madeSchema.parse(answer.body).merkle_root));
    if (answer.retryAfter !== undefined) res.set('retry-after', answer.retryAfter);
    await sendAnchors(deps, req, res, { isManaged: true, refusal: refusalOf(answer) });
  };
}

async function askAgain(deps: ManageAnchorsDeps, req: Request, res: Response, root: string): Promise<void> {
  const call = { path: `/anchors/${segment(root)}/upgrade`, visit: visitOf(req), body: {} };
  const answer = await askAccount(deps, call);
  passCookies(res, answer);
  if (answer.status === 202) return seeOther(res, doneAt(anchorPath(root), 'calendars-asked'));
  if (answer.retryAfter !== undefined) res.set('retry-after', answer.retryAfter);
  await sendAnchor(deps, req, res, root, refusalBy(askAgainWords, answer));
}

const askAgainWords: Words = {
  codes: { no_calendars: 'This server has no calendars to ask.' },
  otherwise: 'Only administrators may have the calendars asked again.',
};

/** @throws AppError 401 `unauthorized` */
async function refuseStrangers({ visitorOf }: AnchorsDeps, req: Request): Promise<void> {
  if ((await visitorOf(req)).state === 'anonymous')
    throw new AppError('unauthorized', 401, 'Log in to manage anchors.');
}

const reasons: Record<string, string> = {
  nothing_to_anchor: 'Everything in the log is anchored, or on its way.',
  no_calendars: 'This server has no calendars to ask.',
};

function refusalOf(answer: GatewayAnswer): Refusal {
  const { status, retryAfter } = answer;
  const code = codeOf(answer);
  if (code === 'anchored_recently')
    return { status, message: `The last anchor is young. Try again ${inWords(retryAfter)}.` };
  return commonRefusal(answer) ?? { status, message: reasons[code] ?? 'You may not make an anchor now.' };
}
