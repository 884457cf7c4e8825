import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { InboxMetrics } from '../metrics.ts';
import { readInboxBody } from './read-inbox-body.ts';
import { receiveActivity, type ReceiveDeps } from './receive-activity.ts';

export interface InboxDeps extends ReceiveDeps {
  metrics: InboxMetrics;
}

/** `POST /inbox` and `POST /users/{username}/inbox`: 202 with an empty body once an activity is durably stored. */
export function inboxRoute(deps: InboxDeps): RequestHandler<{ username?: string }> {
  return async (req, res) => {
    try {
      const { received, content } = await readInboxBody(req);
      const { method, originalUrl, headers, rawHeaders, params } = req;
      const request = { method, originalUrl, headers, rawHeaders, body: received, content };
      const whose = params.username === undefined ? {} : { username: params.username };
      const result = await receiveActivity(deps, { ...request, ...whose, correlationId: res.locals.requestId });
      deps.metrics.received(result);
      res.status(202).end();
    } catch (error) {
      deps.metrics.received(error instanceof AppError ? error.code : 'failed');
      throw error;
    }
  };
}
