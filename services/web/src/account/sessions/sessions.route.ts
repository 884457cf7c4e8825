import type { Request, RequestHandler } from 'express';
import { segment } from '../../gateway/with-query.ts';
import { html } from '../../html/html.ts';
import { counted } from '../../html/pieces.ts';
import { doneNotice } from '../done.ts';
import { endingForm, within } from '../ending/ending.route.ts';
import type { FormPage, OwnDeps } from '../own-form.route.ts';
import { sessionListSchema, type Session } from './session.ts';
import { aboutSession, sessionsPage } from './sessions.page.ts';

const at = '/account/sessions';

/** `GET /account/sessions` → where one is logged in. */
export function sessionsRoute(deps: OwnDeps): RequestHandler {
  return async (req, res) => {
    void deps.visitorOf(req);
    await deps.sendPage(req, res, 200, sessionsPage(await sessionsOf(deps, req), doneNotice(req.query['done'])));
  };
}

export function endSessionForm(deps: OwnDeps): FormPage {
  return endingForm(deps, {
    ...{ ...within(at), path: `${at}/end`, title: 'End this session?', button: 'End it', done: 'session-ended' },
    async find(req, id) {
      const session = (await sessionsOf(deps, req)).find((one) => one.id === id);
      return (
        session &&
        html`<p>${aboutSession(session)}</p>
          <p>Whoever uses it has to log in again. The tokens that renderers hold for you end as well.</p>`
      );
    },
    target: (_req, id) => `/auth/sessions/${segment(id)}`,
  });
}

export function endOtherSessionsForm(deps: OwnDeps): FormPage {
  return endingForm(deps, {
    ...{
      ...within(at),
      path: `${at}/end-others`,
      title: 'End all other sessions?',
      button: 'End them',
      done: 'sessions-ended',
    },
    async find(req) {
      const others = (await sessionsOf(deps, req)).filter(({ current }) => !current).length;
      return others === 0
        ? undefined
        : html`<p>You stay logged in here; ${counted(others, 'other session')} will end.</p>`;
    },
    target: () => '/auth/sessions',
  });
}

async function sessionsOf({ readApi }: OwnDeps, req: Request): Promise<Session[]> {
  return (await readApi(req, '/auth/sessions', sessionListSchema, { as: 'visitor' })).sessions;
}
