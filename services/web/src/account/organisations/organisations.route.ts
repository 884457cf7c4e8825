import { csrfField } from '../../html/page.ts';
import { doneAt, doneNotice } from '../done.ts';
import { seeOther } from '../finish-form.ts';
import { meOf } from '../me.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../own-form.route.ts';
import { refusalBy, type Words } from '../refusal.ts';
import { organisationsPage } from './organisations.page.ts';

const page = '/account/organisations';

/** `/account/organisations`: one's memberships, and which of them this session acts for. */
export function organisationsForm(deps: OwnDeps): FormPage {
  return {
    async show(req, res) {
      const me = await meOf(deps.visitorOf, req);
      const notice = doneNotice(req.query['done']);
      await deps.sendPage(req, res, 200, organisationsPage({ me, csrf: csrfField(req), notice }));
    },
    send: ownFormRoute(deps, page, async ({ req, res, form, ask }) => {
      const answer = await ask({ method: 'PATCH', path: '/auth/me', body: { org_id: form.get('org_id') ?? '' } });
      if (answer.status === 200) return seeOther(res, doneAt(page, 'organisation-switched'));
      const refusal = refusalBy(words, answer);
      const me = await meOf(deps.visitorOf, req);
      await deps.sendPage(req, res, refusal.status, organisationsPage({ me, csrf: csrfField(req), refusal }));
    }),
  };
}

const notYours = 'You are not a member of that organisation.';
const words: Words = { codes: { not_a_member: notYours, validation_error: notYours }, otherwise: 'That did not work.' };
