import type { Logger } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { sendPage } from '../html/page.ts';
import { homePage } from './home.page.ts';
import type { ReadServerInfo } from './server-info.ts';

export interface HomeDeps {
  publicUrl: string;
  readServerInfo: ReadServerInfo;
  logger: Logger;
}

/** `GET /` for people. The page is worth showing without its numbers, so a gateway that fails does not fail it. */
export function homeRoute({ publicUrl, readServerInfo, logger }: HomeDeps): RequestHandler {
  return async (req, res) => {
    const { requestId } = res.locals;
    const visit = { requestId, forwardedFor: req.get('x-forwarded-for') };
    const info = await readServerInfo(visit).catch((error: unknown) => {
      logger.warn('The counts of the home page could not be read.', { request_id: requestId, error });
      return undefined;
    });
    sendPage(res, 200, homePage(publicUrl, info));
  };
}
