import { withQuery } from '../gateway/with-query.ts';
import { html, type Html } from '../html/html.ts';

/**
 * An account page that leads back to `returnTo` in the end.
 *
 * @param o.again to log in anew, although one is logged in
 */
export function linkWith(page: '/login' | '/register', returnTo: string, { again = false } = {}): string {
  return withQuery(page, { again: again ? 1 : undefined, return_to: returnTo === '/' ? undefined : returnTo });
}

export function returnField(returnTo: string): Html {
  return returnTo === '/' ? html`` : html`<input type="hidden" name="return_to" value="${returnTo}" />`;
}
