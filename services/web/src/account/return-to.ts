import { html, type Html } from '../html/html.ts';

/** An account page that leads back to `returnTo` in the end. */
export function linkWith(page: '/login' | '/register', returnTo: string): string {
  return returnTo === '/' ? page : `${page}?return_to=${encodeURIComponent(returnTo.toWellFormed())}`;
}

export function returnField(returnTo: string): Html {
  return returnTo === '/' ? html`` : html`<input type="hidden" name="return_to" value="${returnTo}" />`;
}
