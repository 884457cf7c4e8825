import { notFound } from '../http/answers.ts';

export interface FoundActivity {
  /** As it was signed, as text; of an erased one the Tombstone in its place. */
  document: string;
  erased: boolean;
}

export interface ActivityFinder {
  findById(activityId: string): Promise<FoundActivity | null>;
  /** By its place in publication order over the whole server, from 0. */
  findByIndex(index: string): Promise<FoundActivity | null>;
}

/** The two forms of a ref. */
export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Eighteen digits fit a bigint. */
export const index = /^(?:0|[1-9]\d{0,17})$/;

/**
 * An activity, by its UUID or, once it is in the log, by its index.
 *
 * @throws AppError 404
 */
export async function getActivity(activities: ActivityFinder, ref: string): Promise<FoundActivity> {
  const found = await find(activities, ref);
  if (found === null) throw notFound('activity');
  return found;
}

async function find(activities: ActivityFinder, ref: string): Promise<FoundActivity | null> {
  if (uuid.test(ref)) return await activities.findById(ref);
  return index.test(ref) ? await activities.findByIndex(ref) : null;
}
