import { notFound } from '../http/answers.ts';

export interface ActivityFinder {
  /** The activity as it was signed, as text. */
  findById(activityId: string): Promise<string | null>;
  /** By its place in publication order over the whole server, from 0. */
  findByIndex(index: string): Promise<string | null>;
}

/** The two forms of a ref. */
export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Eighteen digits fit a bigint. */
export const index = /^(?:0|[1-9]\d{0,17})$/;

/**
 * The signed text of an activity, by its UUID or, once it is in the log, by its index.
 *
 * @throws AppError 404
 */
export async function getActivity(activities: ActivityFinder, ref: string): Promise<string> {
  const document = await find(activities, ref);
  if (document === null) throw notFound('activity');
  return document;
}

async function find(activities: ActivityFinder, ref: string): Promise<string | null> {
  if (uuid.test(ref)) return await activities.findById(ref);
  return index.test(ref) ? await activities.findByIndex(ref) : null;
}
