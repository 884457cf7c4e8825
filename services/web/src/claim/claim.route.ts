import { createHash } from 'node:crypto';
import { AppError } from '@artdag/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { askAccount, type AccountDeps } from '../account/ask-account.ts';
import type { Refusal } from '../account/refusal.ts';
import { passCookies, seeOther } from '../account/finish-form.ts';
import { readOwnForm } from '../account/own-form.ts';
import { assetPath } from '../assets/asset.ts';
import type { GatewayAnswer } from '../gateway/gateway.ts';
import { visitOf } from '../gateway/visit.ts';
import { csrfField } from '../html/page.ts';
import type { StaticFiles } from '../static/static-files.ts';
import { newAssetOf, readClaimForm, type ClaimForm } from './claim-form.ts';
import { readMetadata } from './claim-metadata.ts';
import { claimRefusal, loggedOut } from './claim-refusal.ts';
import { claimPage } from './claim.page.ts';

export interface ClaimDeps extends AccountDeps {
  files: StaticFiles;
}

/** As much as the gateway takes for it. */
const maxBytes = 256 * 1024;

/** `GET /claim` → the form, for who is logged in. */
export function showClaimRoute({ visitorOf, sendPage, files }: ClaimDeps): RequestHandler {
  return async (req, res) => {
    if ((await visitorOf(req)).state === 'anonymous')
      throw new AppError('unauthorized', 401, 'Log in to claim a file.');
    const form = readClaimForm(new URLSearchParams());
    await sendPage(req, res, 200, claimPage({ form, csrf: csrfField(req), files }));
  };
}

const madeSchema = z.object({ name: z.string() });

/** `POST /claim` (the hash of a file and what is said of it) → 303 to the asset, or the form with all that was typed. */
export function claimRoute(deps: ClaimDeps): RequestHandler {
  return async (req, res) => {
    const form = readClaimForm(await readOwnForm(req, deps.publicOrigins, maxBytes));
    const typed = readMetadata(form.metadata);
    const isKnown = (await deps.visitorOf(req)).state !== 'anonymous';
    if (isKnown && 'problem' in typed)
      return sendForm(deps, req, res, form, { status: 422, fields: { metadata: typed.problem } });
    const answer = isKnown ? await register(deps, req, { ...newAssetOf(form), ...typed }) : undefined;
    if (answer !== undefined) passCookies(res, answer);
    if (answer?.status === 201) return seeOther(res, assetPath(madeSchema.parse(answer.body).name));
    if (answer?.retryAfter !== undefined) res.set('retry-after', answer.retryAfter);
    const asked = { name: form.name, hash: form.content_hash.toLowerCase().slice(-64) };
    const refusal = answer === undefined ? loggedOut : claimRefusal(answer, asked);
    await sendForm(deps, req, res, form, refusal);
  };
}

async function sendForm(
  { sendPage, files }: ClaimDeps,
  req: Request,
  res: Response,
  form: ClaimForm,
  refusal: Refusal,
): Promise<void> {
  await sendPage(req, res, refusal.status, claimPage({ form, csrf: csrfField(req), files, refusal }));
}

/** The same claim sent again, after an answer that was lost or by a second click, is the one that was made already. */
function register(deps: ClaimDeps, req: Request, body: Record<string, unknown>): Promise<GatewayAnswer> {
  const idempotencyKey = `web-claim-${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`;
  return askAccount(deps, { path: '/assets', visit: visitOf(req), body, idempotencyKey });
}
