import { html } from '../html/html.ts';
import type { Page } from '../html/page.ts';
import { formPage, type FormPageParts } from './form-page.ts';

/** The parts of the account, each a page of its own. */
const accountParts = [
  { path: '/account', label: 'Profile' },
  { path: '/account/password', label: 'Password' },
  { path: '/account/sessions', label: 'Sessions' },
  { path: '/account/api-keys', label: 'API keys' },
  { path: '/account/tokens', label: 'Tokens' },
  { path: '/account/keys', label: 'Keys' },
  { path: '/account/following', label: 'Following' },
  { path: '/account/organisations', label: 'Organisations' },
  { path: '/account/delete', label: 'Delete' },
] as const;

export type AccountPart = (typeof accountParts)[number]['path'];

/** A page of the account, in the part `at`. */
export function accountPage({ at, ...parts }: FormPageParts & { at: AccountPart }): Page {
  const links = accountParts.map(
    ({ path, label }) => html`<a href="${path}" ${path === at ? html`aria-current="page"` : ''}>${label}</a>`,
  );
  return formPage({ ...parts, navigation: html`<nav class="parts" aria-label="Your account">${links}</nav>` });
}
