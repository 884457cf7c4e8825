import { csrfField } from '../../html/page.ts';
import { doneAt, doneNotice } from '../done.ts';
import { seeOther } from '../finish-form.ts';
import { meOf } from '../me.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../own-form.route.ts';
import { refusalBy, type Words } from '../refusal.ts';
import { passwordPage } from './password.page.ts';

const page = '/account/password';

/** `/account/password`: changes it, and with it the session. */
export function passwordForm(deps: OwnDeps): FormPage {
  return {
    async show(req, res) {
      await meOf(deps.visitorOf, req);
      const notice = doneNotice(req.query['done']);
      await deps.sendPage(req, res, 200, passwordPage({ csrf: csrfField(req), notice }));
    },
    send: ownFormRoute(deps, page, async ({ req, res, form, ask }) => {
      const body = {
        current_password: form.get('current_password') ?? '',
        new_password: form.get('new_password') ?? '',
      };
      const answer = await ask({ path: '/auth/password', body });
      if (answer.status === 200) return seeOther(res, doneAt(page, 'password-changed'));
      const refusal = refusalBy(words, answer);
      await deps.sendPage(req, res, refusal.status, passwordPage({ csrf: csrfField(req), refusal }));
    }),
  };
}

const words: Words = {
  codes: { wrong_password: { current_password: 'This is not your password.' } },
  fields: {
    current_password: 'Enter your current password.',
    new_password: 'A password has 8 to 128 characters.',
  },
  otherwise: 'The password could not be changed.',
};
