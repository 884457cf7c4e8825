import type { RequestHandler } from 'express';
import { assetListSchema } from '../assets/asset.ts';
import type { TryRead } from '../gateway/read-api.ts';
import { withQuery } from '../gateway/with-query.ts';
import type { Html } from '../html/html.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { homePage } from './home.page.ts';
import { serverInfoSchema } from './server-info.ts';

const shownClaims = 6;

export interface HomeDeps {
  publicUrl: string;
  readme: Html;
  tryRead: TryRead;
  visitorOf: VisitorOf;
  sendPage: SendPage;
}

/** `GET /` for people. The page is worth showing without what the gateway has, so a gateway that fails does not fail it. */
export function homeRoute({ publicUrl, readme, tryRead, visitorOf, sendPage }: HomeDeps): RequestHandler {
  return async (req, res) => {
    // Asked beside the rest, to be there when the page is sent.
    void visitorOf(req);
    const [info, latest] = await Promise.all([
      tryRead(req, '/', serverInfoSchema),
      tryRead(req, withQuery('/assets', { limit: shownClaims }), assetListSchema),
    ]);
    await sendPage(req, res, 200, homePage({ publicUrl, info, latest, readme }));
  };
}
