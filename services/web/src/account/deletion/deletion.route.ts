import type { RequestHandler } from 'express';
import { csrfField } from '../../html/page.ts';
import { seeOther } from '../finish-form.ts';
import { meOf } from '../me.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../own-form.route.ts';
import { refusalBy, type Refusal, type Words } from '../refusal.ts';
import { deletedPage, deletionPage } from './deletion.page.ts';

/** `/account/delete`: ends the account for who types its name and password. */
export function deletionForm(deps: OwnDeps): FormPage {
  return {
    async show(req, res) {
      const { username } = await meOf(deps.visitorOf, req);
      await deps.sendPage(req, res, 200, deletionPage({ username, name: '', csrf: csrfField(req) }));
    },
    send: ownFormRoute(deps, '/account/delete', async ({ req, res, form, ask }) => {
      const { username } = await meOf(deps.visitorOf, req);
      const name = form.get('name')?.trim() ?? '';
      const password = form.get('password') ?? '';
      let refusal = whatIsMissing(username, name, password);
      if (refusal === undefined) {
        const answer = await ask({ method: 'DELETE', path: '/auth/me', body: { password } });
        if (answer.status === 204) return seeOther(res, '/account/deleted');
        refusal = refusalBy(words, answer);
      }
      await deps.sendPage(req, res, refusal.status, deletionPage({ username, name, csrf: csrfField(req), refusal }));
    }),
  };
}

/** `GET /account/deleted`: where that leads. Who still has an account is led there. */
export function deletedRoute({ visitorOf, sendPage }: OwnDeps): RequestHandler {
  return async (req, res) => {
    if ((await visitorOf(req)).state !== 'anonymous') return seeOther(res, '/account');
    await sendPage(req, res, 200, deletedPage());
  };
}

function whatIsMissing(username: string, name: string, password: string): Refusal | undefined {
  if (name !== username) return { status: 400, fields: { name: 'This is not your user name.' } };
  return password === '' ? { status: 400, fields: { password: 'Enter your password.' } } : undefined;
}

const words: Words = {
  codes: {
    wrong_password: { password: 'This is not your password.' },
    last_sysadmin: 'You are the last administrator of this server. Somebody else has to become one first.',
    last_owner: 'An organisation with other members has no other owner than you. Make somebody an owner first.',
  },
  fields: { password: 'This is not your password.' },
  otherwise: 'The account could not be deleted.',
};
