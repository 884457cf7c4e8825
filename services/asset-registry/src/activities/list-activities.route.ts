import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { limitSchema, offsetSchema } from '../http/paging.ts';
import { sendNegotiatedText } from '../http/answers.ts';
import { pageAddress } from '../http/page-address.ts';
import type { Urls } from '../urls.ts';
import type { ActivityRepository } from './activity.repository.ts';

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
export function listActivitiesRoute(deps: { urls: Urls; activities: ActivityRepository }): RequestHandler {
  return async (req, res) => {
    const { limit, offset, actor, type } = validate('query', listActivitiesQuerySchema, req.query);
    const apActorId = actor === undefined || actor.includes('/') ? actor : deps.urls.actor(actor);
    const page = await deps.activities.list({ apActorId, type }, limit, offset);
    const next = page.more ? pageAddress(req, { limit: String(limit), offset: String(offset + limit) }) : null;
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    const { count, estimated } = page.total;
    sendNegotiatedText(
      res,
      `{"activities":[${page.documents.join(',')}],"total":${count}${estimated ? ',"total_estimated":true' : ''}` +
        `,"limit":${limit},"offset":${offset},"next":${JSON.stringify(next)}}`,
    );
  };
}
