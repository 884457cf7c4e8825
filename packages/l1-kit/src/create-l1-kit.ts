import type { Request, RequestHandler, Router } from 'express';
import { createL2 } from './l2/ask-l2.ts';
import { createInstanceKeys } from './l2/instance-keys.ts';
import { readOptions, type L1KitOptions } from './options.ts';
import { createRevocationList } from './revocations/revocation-list.ts';
import { createRouter } from './router.ts';
import { createSessionCheck } from './sessions/check-session.ts';
import { createSessionCookie } from './sessions/cookie.ts';
import { createRequireUser } from './sessions/require-user.ts';
import { createSessionRepository } from './sessions/session-repository.ts';
import type { L1User } from './sessions/session.ts';
import { guarded } from './store/guarded.ts';

export interface L1Kit {
  /** `GET /auth`, `POST /auth/revoke`, `POST /auth/revoke-user`, `POST /auth/logout`. Mount it at the root, before any body parser. */
  router: Router;
  /** Lets only signed-in people pass: everybody else gets 401, and unsafe requests of other sites 403. */
  requireUser: RequestHandler;
  /** Who is signed in. Throws where `requireUser` has not let the request pass. */
  userOf(req: Request): L1User;
  /** Their token, to publish for them: `POST {l2}/assets/record-run` takes it. Never show it to a browser. */
  tokenOf(req: Request): string;
}

/** Composes the L1's side of attaching and logging out. Throws TypeError for options that cannot work. */
export function createL1Kit(options: L1KitOptions): L1Kit {
  const settings = readOptions(options);
  const store = guarded(settings.store, settings.onError);
  const l2 = createL2(settings);
  const deps = {
    ...settings,
    l2,
    keys: createInstanceKeys({ ...settings, l2 }),
    revocations: createRevocationList(store),
    sessions: createSessionRepository(store, settings.now),
    cookie: createSessionCookie(settings.cookieName, settings.publicUrl),
  };
  const { requireUser, sessionOf, userOf } = createRequireUser({ ...deps, checkSession: createSessionCheck(deps) });
  return { router: createRouter(deps), requireUser, userOf, tokenOf: (req) => sessionOf(req).token };
}
