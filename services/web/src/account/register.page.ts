import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { field, formError, type Field } from './field.ts';
import type { Refusal } from './refusal.ts';
import { linkWith, returnField } from './return-to.ts';

export interface RegisterForm {
  username: string;
  email: string;
  returnTo: string;
  csrf: Html;
  refusal?: Refusal;
}

export function registerPage({ username, email, returnTo, csrf, refusal }: RegisterForm): Page {
  const errors = refusal?.fields ?? {};
  const fields: Field[] = [
    {
      name: 'username',
      label: 'User name',
      type: 'text',
      autocomplete: 'username',
      value: username,
      hint: '3 to 30 letters a to z, digits and hyphens. It is public, signs your claims and stays as it is.',
    },
    {
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'new-password',
      hint: 'At least 8 characters.',
      minLength: 8,
    },
    {
      name: 'email',
      label: 'E-mail address',
      type: 'email',
      autocomplete: 'email',
      value: email,
      optional: true,
      hint: 'You can log in with it as well. It is not shown to others.',
    },
  ];
  const firstWrong = fields.find(({ name }) => errors[name] !== undefined)?.name;
  const main = html`<h1>Register</h1>
    ${formError(refusal?.message)}
    <form class="stack" method="post" action="/register">
      ${csrf}${returnField(returnTo)}
      ${fields.map((one) => field({ ...one, error: errors[one.name], focus: one.name === firstWrong }))}
      <p><button>Register</button></p>
    </form>
    <p>Already have an account? <a href="${linkWith('/login', returnTo)}">Log in</a>.</p>`;
  return { title: `${refusal ? 'Error: ' : ''}Register · ${siteName}`, main, personal: true };
}
