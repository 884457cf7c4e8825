import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { AccountDeps } from '../account/ask-account.ts';
import { doneAt } from '../account/done.ts';
import { seeOther } from '../account/finish-form.ts';
import { ownFormRoute, type SentForm } from '../account/own-form.route.ts';
import { codeOf, inWords, refusalBy, type Refusal, type Words } from '../account/refusal.ts';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import { segment } from '../gateway/with-query.ts';
import { anchorPath } from './anchor-path.ts';
import { sendAnchor, sendAnchors, type AnchorsDeps } from './anchors.route.ts';

const at = '/anchors/ui';

export type ManageAnchorsDeps = AnchorsDeps & AccountDeps;

/** `GET /anchors/ui` → the anchors, with the form that makes one. */
export function showManageAnchorsRoute(deps: ManageAnchorsDeps): RequestHandler {
  return async (req, res) => {
    if ((await deps.visitorOf(req)).state === 'anonymous')
      throw new AppError('unauthorized', 401, 'Log in to manage anchors.');
    await sendAnchors(deps, req, res, { isManaged: true });
  };
}

const madeSchema = z.object({ merkle_root: z.string() });

/**
 * `POST /anchors/ui` → 303 to the anchor of all that was not anchored yet, or the page and why there is none. With `root` it asks the
 * calendars again for that anchor, which is for administrators.
 */
export function anchorNowRoute(deps: ManageAnchorsDeps): RequestHandler {
  return ownFormRoute(deps, pageOf, async (sent) => {
    const root = sent.form.get('root');
    if (root !== null) return askAgain(deps, sent, root);
    const { req, res, ask } = sent;
    const answer = await ask({ path: '/anchors', body: {} });
    if (answer.status === 201) return seeOther(res, anchorPath(madeSchema.parse(answer.body).merkle_root));
    await sendAnchors(deps, req, res, { isManaged: true, refusal: refusalOf(answer) });
  });
}

/** Where the button stood. */
function pageOf(form: URLSearchParams): string {
  const root = form.get('root');
  return root === null ? at : anchorPath(root);
}

async function askAgain(deps: ManageAnchorsDeps, { req, res, ask }: SentForm, root: string): Promise<void> {
  const answer = await ask({ path: `/anchors/${segment(root)}/upgrade`, body: {} });
  if (answer.status === 202) return seeOther(res, doneAt(anchorPath(root), 'calendars-asked'));
  await sendAnchor(deps, req, res, root, refusalBy(askAgainWords, answer));
}

const askAgainWords: Words = {
  codes: { no_calendars: 'This server has no calendars to ask.' },
  otherwise: 'Only administrators may have the calendars asked again.',
};

const anchorNowWords: Words = {
  codes: {
    nothing_to_anchor: 'Everything in the log is anchored, or on its way.',
    no_calendars: 'This server has no calendars to ask.',
  },
  otherwise: 'You may not make an anchor now.',
};

function refusalOf(answer: GatewayAnswer): Refusal {
  const { status, retryAfter } = answer;
  if (codeOf(answer) === 'anchored_recently')
    return { status, message: `The last anchor is young. Try again ${inWords(retryAfter)}.` };
  return refusalBy(anchorNowWords, answer);
}
