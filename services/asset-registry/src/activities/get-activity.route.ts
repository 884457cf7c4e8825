import type { RequestHandler } from 'express';
import { notFound, sendActivityStreamsText } from '../http/answers.ts';
import type { ActivityRepository } from './activity.repository.ts';

export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Eighteen digits fit a bigint. */
export const index = /^(?:0|[1-9]\d{0,17})$/;

/** `GET /activities/{ref}`, where ref is the activity's UUID or, once it is in the log, its index. */
export function getActivityRoute(deps: { activities: ActivityRepository }): RequestHandler<{ ref: string }> {
  return async (req, res) => {
    const document = await find(deps.activities, req.params.ref);
    if (document === null) throw notFound('activity');
    sendActivityStreamsText(req, res, document);
  };
}

async function find(activities: ActivityRepository, ref: string): Promise<string | null> {
  if (uuid.test(ref)) return activities.findById(ref);
  return index.test(ref) ? activities.findByIndex(ref) : null;
}
