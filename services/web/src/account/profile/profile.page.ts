import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { facts, time } from '../../html/pieces.ts';
import { userPath } from '../../users/user-path.ts';
import { accountPage } from '../account.page.ts';
import { field } from '../field.ts';
import type { Me } from '../me.ts';
import type { Refusal } from '../refusal.ts';

export interface ProfileForm {
  me: Me;
  /** As typed, or as they are. */
  displayName: string;
  email: string;
  csrf: Html;
  notice?: Html;
  refusal?: Refusal;
}

export function ownProfilePage({ me, displayName, email, csrf, notice, refusal }: ProfileForm): Page {
  const wrong = refusal?.fields ?? {};
  const body = html`<form class="stack" method="post" action="/account">
      ${csrf}
      ${field({
        name: 'display_name',
        label: 'Name',
        type: 'text',
        autocomplete: 'name',
        value: displayName,
        hint: 'How pages and the fediverse show you. Up to 100 characters.',
        maxLength: 100,
        error: wrong['display_name'],
        focus: wrong['display_name'] !== undefined,
      })}
      ${field({
        name: 'email',
        label: 'E-mail address',
        type: 'email',
        autocomplete: 'email',
        value: email,
        hint: 'You can log in with it as well. It is not shown to others.',
        optional: true,
        error: wrong['email'],
        focus: wrong['display_name'] === undefined && wrong['email'] !== undefined,
      })}
      <p><button>Save</button></p>
    </form>
    ${facts([
      { name: 'User name', value: html`<a href="${userPath(me.username)}">@${me.username}</a>, which stays as it is` },
      { name: 'Here since', value: time(me.created_at) },
    ])}`;
  return accountPage({ at: '/account', title: 'Your account', body, refusal, ...(notice && { notice }) });
}
