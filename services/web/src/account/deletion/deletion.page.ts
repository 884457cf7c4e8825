import { html, type Html } from '../../html/html.ts';
import { siteName, type Page } from '../../html/page.ts';
import { accountPage } from '../account.page.ts';
import { field } from '../field.ts';
import type { Refusal } from '../refusal.ts';

export interface DeletionForm {
  username: string;
  /** As typed. */
  name: string;
  csrf: Html;
  refusal?: Refusal;
}

export function deletionPage({ username, name, csrf, refusal }: DeletionForm): Page {
  const wrong = refusal?.fields ?? {};
  const body = html`<p>This cannot be undone:</p>
    <ul>
      <li>All sessions, keys and tokens end, and renderers that you are attached to are told.</li>
      <li>What you wrote about your works is erased here, and your storage providers are forgotten.</li>
      <li>What the log holds stays: which hash you claimed, and when. Copies elsewhere are not in our hands.</li>
      <li>Nobody can ever register as ${username} again, not even you.</li>
    </ul>
    <form class="stack" method="post" action="/account/delete" autocomplete="off">
      ${csrf}
      ${field({
        name: 'name',
        label: 'Your user name',
        type: 'text',
        autocomplete: 'off',
        value: name,
        hint: html`Type <strong>${username}</strong> to say that you mean it.`,
        error: wrong['name'],
        focus: wrong['name'] !== undefined,
      })}
      ${field({
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'current-password',
        error: wrong['password'],
        focus: wrong['name'] === undefined && wrong['password'] !== undefined,
      })}
      <p><button class="danger">Delete my account for good</button></p>
    </form>`;
  return accountPage({ at: '/account/delete', title: 'Delete your account', body, refusal });
}

/** For somebody who has no account any more. */
export function deletedPage(): Page {
  const main = html`<h1>Your account is deleted</h1>
    <p>What you wrote is being erased; it takes some minutes at most.</p>
    <p><a href="/">To the home page</a></p>`;
  return { title: `Your account is deleted · ${siteName}`, main, personal: true };
}
