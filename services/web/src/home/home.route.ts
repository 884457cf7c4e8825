import type { Logger } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { Gateway } from '../gateway/gateway.ts';
import { visitOf } from '../gateway/visit.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { homePage } from './home.page.ts';
import { readServerInfo } from './server-info.ts';

export interface HomeDeps {
  publicUrl: string;
  gateway: Gateway;
  visitorOf: VisitorOf;
  sendPage: SendPage;
  logger: Logger;
}

/** `GET /` for people. The page is worth showing without its numbers, so a gateway that fails does not fail it. */
export function homeRoute({ publicUrl, gateway, visitorOf, sendPage, logger }: HomeDeps): RequestHandler {
  return async (req, res) => {
    const visit = visitOf(req);
    // Asked beside the counts, to be there when the page is sent.
    void visitorOf(req);
    const info = await readServerInfo(gateway, visit).catch((error: unknown) => {
      logger.warn('The counts of the home page could not be read.', { request_id: visit.requestId, error });
      return undefined;
    });
    await sendPage(req, res, 200, homePage(publicUrl, info));
  };
}
