import { html, type Html } from '../../html/html.ts';
import type { Page } from '../../html/page.ts';
import { accountPage } from '../account.page.ts';
import { field } from '../field.ts';
import type { Refusal } from '../refusal.ts';

export function passwordPage({ csrf, notice, refusal }: { csrf: Html; notice?: Html; refusal?: Refusal }): Page {
  const wrong = refusal?.fields ?? {};
  const body = html`<p>
      Whoever is logged in to this account, here or at a renderer, is logged out by it; you stay. API keys and tokens go
      on working.
    </p>
    <form class="stack" method="post" action="/account/password">
      ${csrf}
      ${field({
        name: 'current_password',
        label: 'Current password',
        type: 'password',
        autocomplete: 'current-password',
        error: wrong['current_password'],
        focus: wrong['current_password'] !== undefined,
      })}
      ${field({
        name: 'new_password',
        label: 'New password',
        type: 'password',
        autocomplete: 'new-password',
        hint: 'At least 8 characters.',
        minLength: 8,
        error: wrong['new_password'],
        focus: wrong['current_password'] === undefined && wrong['new_password'] !== undefined,
      })}
      <p><button>Change the password</button></p>
    </form>`;
  return accountPage({
    ...{ at: '/account/password', title: 'Change your password', body, refusal },
    ...(notice && { notice }),
  });
}
