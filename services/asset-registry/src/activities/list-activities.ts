import type { Total } from '../http/totals.ts';
import type { Urls } from '../urls.ts';

export interface ActivityFilter {
  apActorId: string | undefined;
  type: string | undefined;
}

export interface ActivityPage {
  /** Activities as they were signed, as text, newest first; Tombstones in the place of erased ones. */
  documents: string[];
  total: Total;
  more: boolean;
}

export interface ActivityLister {
  list(filter: ActivityFilter, limit: number, offset: number): Promise<ActivityPage>;
}

export interface ActivityQuery {
  /** A username, or the actor's URL. */
  actor: string | undefined;
  type: string | undefined;
  limit: number;
  offset: number;
}

export async function listActivities(
  deps: { urls: Urls; activities: ActivityLister },
  { actor, type, limit, offset }: ActivityQuery,
): Promise<ActivityPage> {
  const apActorId = actor === undefined || actor.includes('/') ? actor : deps.urls.actor(actor);
  return await deps.activities.list({ apActorId, type }, limit, offset);
}
