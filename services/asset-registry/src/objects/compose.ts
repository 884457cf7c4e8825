import type { Part, Shared } from '../part.ts';
import { getObjectRoute } from './get-object.route.ts';
import { createObjectRepository } from './object.repository.ts';

/** What the earliest claims of contents say of them. */
export function composeObjects({ database, attach }: Shared): Part {
  const deps = { objects: createObjectRepository(database) };
  return {
    routes(app) {
      app.get('/objects/:hash', attach, getObjectRoute(deps));
    },
  };
}
