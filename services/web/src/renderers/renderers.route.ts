import type { RequestHandler } from 'express';
import { offsetOf } from '../gateway/offset.ts';
import type { ReadApi } from '../gateway/read-api.ts';
import { textOf } from '../gateway/with-query.ts';
import { csrfField, type SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { rendererListSchema } from './renderer.ts';
import { renderersPage } from './renderers.page.ts';

export interface RenderersDeps {
  readApi: ReadApi;
  visitorOf: VisitorOf;
  sendPage: SendPage;
}

/** `GET /renderers?offset&refused` for people: what `POST /renderers/attach` and `/detach` take, as forms. Strangers are asked to log in first. */
export function renderersRoute({ readApi, visitorOf, sendPage }: RenderersDeps): RequestHandler {
  return async (req, res) => {
    void visitorOf(req);
    const { renderers } = await readApi(req, '/renderers', rendererListSchema, { as: 'visitor' });
    const { offset, refused } = req.query;
    const shown = { all: renderers, offset: offsetOf(offset), csrf: csrfField(req) };
    await sendPage(req, res, 200, renderersPage({ ...shown, refusal: refusalOf(textOf(refused)) }));
  };
}

const reasons: Record<string, string> = {
  l1_draining: 'That renderer takes nobody new at the moment. Choose another one, or try later.',
  l1_not_authorized: 'That renderer is not here any more, or is switched off.',
  dependency_unavailable: 'This does not work at the moment. Try again in a moment.',
};

/** In words for people, why l1-bridge led back here. */
function refusalOf(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  return (Object.hasOwn(reasons, code) ? reasons[code] : undefined) ?? 'That did not work.';
}
