import { csrfField } from '../../html/page.ts';
import { doneAt, doneNotice } from '../done.ts';
import { seeOther } from '../finish-form.ts';
import { meOf, type Me } from '../me.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../own-form.route.ts';
import { refusalBy, type Refusal, type Words } from '../refusal.ts';
import { ownProfilePage } from './profile.page.ts';

const page = '/account';

/** `/account`: one's name and e-mail address. */
export function profileForm(deps: OwnDeps): FormPage {
  return {
    async show(req, res) {
      const me = await meOf(deps.visitorOf, req);
      const as = { me, displayName: me.display_name, email: me.email ?? '', csrf: csrfField(req) };
      await deps.sendPage(req, res, 200, ownProfilePage({ ...as, notice: doneNotice(req.query['done']) }));
    },
    send: ownFormRoute(deps, page, async ({ req, res, form, ask }) => {
      const me = await meOf(deps.visitorOf, req);
      const displayName = form.get('display_name')?.trim() ?? '';
      const email = form.get('email')?.trim() ?? '';
      const refuse = (refusal: Refusal): Promise<void> =>
        deps.sendPage(
          req,
          res,
          refusal.status,
          ownProfilePage({ me, displayName, email, csrf: csrfField(req), refusal }),
        );
      if (displayName === '') return refuse({ status: 400, fields: { display_name: 'Enter a name.' } });
      const changes = changesOf(me, displayName, email);
      if (Object.keys(changes).length > 0) {
        const answer = await ask({ method: 'PATCH', path: '/auth/me', body: changes });
        if (answer.status !== 200) return refuse(refusalBy(words, answer));
      }
      seeOther(res, doneAt(page, 'profile-saved'));
    }),
  };
}

/** An address that is given anew has to be verified anew: only what differs is sent. */
function changesOf(me: Me, displayName: string, email: string): Record<string, string | null> {
  return {
    ...(displayName === me.display_name ? {} : { display_name: displayName }),
    ...(email.toLowerCase() === (me.email ?? '') ? {} : { email: email === '' ? null : email }),
  };
}

const words: Words = {
  codes: { email_taken: { email: 'There is an account with this e-mail address already.' } },
  fields: {
    display_name: 'A name has up to 100 characters, and none that are not seen or turn the direction of text.',
    email: 'This is no e-mail address.',
  },
  otherwise: 'Your profile could not be saved like this.',
};
