import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { sendNegotiatedText } from '../http/answers.ts';
import { pageAddress } from '../http/page-address.ts';
import { limitSchema, maxOffset, offsetSchema } from '../http/paging.ts';
import { totalText } from '../http/totals.ts';
import type { Urls } from '../urls.ts';
import { listActivities, type ActivityLister } from './list-activities.ts';

export const listActivitiesQuerySchema = z.object({
  limit: limitSchema,
  offset: offsetSchema,
  actor: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, 'Wants a username or the URL of an actor.')
    .optional()
    .meta({ description: "A username, or the actor's URL." }),
  type: z.enum(['Create', 'Update', 'Delete']).optional(),
});

/** `GET /activities`, newest first (art-dag-l2.md §8.7). */
export function listActivitiesRoute(deps: { urls: Urls; activities: ActivityLister }): RequestHandler {
  return async (req, res) => {
    const { limit, offset, actor, type } = validate('query', listActivitiesQuerySchema, req.query);
    const page = await listActivities(deps, { actor, type, limit, offset });
    const nextOffset = offset + limit;
    const goesOn = page.more && nextOffset <= maxOffset;
    const next = goesOn ? pageAddress(req, { limit: String(limit), offset: String(nextOffset) }) : null;
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    sendNegotiatedText(
      res,
      `{"activities":[${page.documents.join(',')}],${totalText(page.total)},"limit":${limit},"offset":${offset}` +
        `,"next":${JSON.stringify(next)}}`,
    );
  };
}
