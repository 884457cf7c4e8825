import type { Part, Shared } from '../part.ts';
import { createActivityRepository } from './activity.repository.ts';
import { getActivityRoute } from './get-activity.route.ts';
import { listActivitiesRoute } from './list-activities.route.ts';

/** Signed activities, as they were signed. */
export function composeActivities(shared: Shared): Part {
  const { database, now, urls, attach } = shared;
  const deps = { urls, activities: createActivityRepository(database, now) };
  return {
    routes(app) {
      app.get('/activities', attach, listActivitiesRoute(deps));
      app.get('/activities/:ref', attach, getActivityRoute(deps));
    },
  };
}
