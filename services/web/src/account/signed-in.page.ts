import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';

/** Instead of a form for somebody who needs none. */
export function signedInPage(o: { username: string; returnTo: string; csrf: Html }): Page {
  const main = html`<h1>You are logged in</h1>
    <p>This browser is logged in as <strong>${o.username}</strong>.</p>
    <form method="post" action="/logout">${o.csrf}<button>Log out</button></form>
    <p><a href="${o.returnTo}">${o.returnTo === '/' ? 'To the home page' : 'Go on'}</a></p>`;
  return { title: `You are logged in · ${siteName}`, main, personal: true };
}
