import type { Part, Shared } from '../part.ts';
import { getObjectRoute } from './get-object.route.ts';
import { createContentRepository } from './object.repository.ts';

/** What is claimed of contents. */
export function composeObjects({ database, urls, attach }: Shared): Part {
  const deps = { urls, contents: createContentRepository(database) };
  return {
    routes(app) {
      app.get('/objects/:hash', attach, getObjectRoute(deps));
    },
  };
}
