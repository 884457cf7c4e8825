import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';

/** For a logout that somebody else may have asked for. */
export function confirmLogoutPage(csrf: Html): Page {
  return logoutPage('Log out?', 'Another site sent you here. Do you want to log out?', csrf);
}

/** For a logout that is not in force: nobody may believe that they are out. */
export function failedLogoutPage(csrf: Html): Page {
  return logoutPage('You are still logged in', 'The logout did not work. Try again in a moment.', csrf);
}

function logoutPage(title: string, text: string, csrf: Html): Page {
  const main = html`<h1>${title}</h1>
    <p>${text}</p>
    <form method="post" action="/logout">${csrf}<button>Log out</button></form>
    <p><a href="/">To the home page</a></p>`;
  return { title: `${title} · ${siteName}`, main, personal: true };
}
