import { html, type Html } from '../html/html.ts';

/** A way to sign in. The password has the form of the page; every other one is a page of its own to go to. */
export type SignInMethod =
  | { kind: 'password'; available: boolean }
  | { kind: 'passkey' | 'oidc' | 'atproto'; available: boolean; label: string; href: string };

/** What this server offers, in the order in which the page does. */
export const signInMethods: readonly SignInMethod[] = [
  { kind: 'password', available: true },
  { kind: 'passkey', available: false, label: 'Sign in with a passkey', href: '/login/passkey' },
  { kind: 'oidc', available: false, label: 'Sign in with your organisation', href: '/auth/oidc/login' },
  { kind: 'atproto', available: false, label: 'Sign in with Bluesky', href: '/auth/login' },
];

export function hasPassword(methods: readonly SignInMethod[]): boolean {
  return methods.some((method) => method.kind === 'password' && method.available);
}

/** Links to the other ways; nothing where there is none. */
export function otherMethods(methods: readonly SignInMethod[], returnTo: string): Html {
  const links = methods.flatMap((method) => {
    if (method.kind === 'password' || !method.available) return [];
    const href = returnTo === '/' ? method.href : `${method.href}?return_to=${encodeURIComponent(returnTo)}`;
    return [html`<li><a class="button" href="${href}">${method.label}</a></li>`];
  });
  return links.length === 0
    ? html``
    : html`<h2>Other ways</h2>
        <ul class="methods">
          ${links}
        </ul>`;
}
