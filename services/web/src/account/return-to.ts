import { html, type Html } from '../html/html.ts';

// eslint-disable-next-line no-control-regex
const path = /^\/(?![/\\])[^\u0000-\u001f\u007f-\u009f]*$/;

/** In UTF-8. Percent-encoded it is three times that at most, which a header of ours still holds. */
const maxBytes = 2048;

/** Where a form leads afterwards: a path of this origin; whatever else was asked for counts as `/` (credentials.md §2). */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || Buffer.byteLength(wanted) > maxBytes) return '/';
  return path.test(wanted) ? wanted : '/';
}

/** An account page that leads back to `returnTo` in the end. */
export function linkWith(page: '/login' | '/register', returnTo: string): string {
  return returnTo === '/' ? page : `${page}?return_to=${encodeURIComponent(returnTo.toWellFormed())}`;
}

export function returnField(returnTo: string): Html {
  return returnTo === '/' ? html`` : html`<input type="hidden" name="return_to" value="${returnTo}" />`;
}
