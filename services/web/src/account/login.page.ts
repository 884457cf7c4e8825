import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { field, formError } from './field.ts';
import type { Refusal } from './refusal.ts';
import { linkWith, returnField } from './return-to.ts';
import { hasPassword, otherMethods, signInMethods, type SignInMethod } from './sign-in-methods.ts';

export interface LoginForm {
  username: string;
  returnTo: string;
  csrf: Html;
  refusal?: Refusal;
  /** For somebody who is logged in, and not since recently. */
  isAgain?: boolean;
  /** Default: what this server offers. */
  methods?: readonly SignInMethod[];
}

export function loginPage(o: LoginForm): Page {
  const { methods = signInMethods } = o;
  const main = html`<h1>Log in</h1>
    ${o.isAgain ? html`<p>What you want to do needs a fresh login. Log in once more to go on.</p>` : ''}
    ${formError(o.refusal?.message)} ${hasPassword(methods) ? passwordForm(o) : ''} ${otherMethods(methods, o.returnTo)}
    <p>No account yet? <a href="${linkWith('/register', o.returnTo)}">Register</a>.</p>`;
  return { title: `${o.refusal ? 'Error: ' : ''}Log in · ${siteName}`, main, personal: true };
}

function passwordForm({ username, returnTo, csrf, refusal }: LoginForm): Html {
  const { username: nameError, password: passwordError } = refusal?.fields ?? {};
  const name = field({
    name: 'username',
    label: 'User name or e-mail address',
    type: 'text',
    autocomplete: 'username',
    value: username,
    error: nameError,
    focus: nameError !== undefined,
  });
  const password = field({
    name: 'password',
    label: 'Password',
    type: 'password',
    autocomplete: 'current-password',
    error: passwordError,
    // Only together were they wrong; the password is what has to be typed again in any case.
    focus: refusal !== undefined && nameError === undefined,
  });
  return html`<form class="stack" method="post" action="/login">
    ${csrf}${returnField(returnTo)} ${name} ${password}
    <p><button>Log in</button></p>
  </form>`;
}
