import { html, type Html } from '../html/html.ts';
import { siteName, type Page } from '../html/page.ts';
import { formError } from './field.ts';
import type { Refusal } from './refusal.ts';

export interface FormPageParts {
  title: string;
  body: Html;
  /** Beneath the title. */
  navigation?: Html;
  /** What was done before. */
  notice?: Html;
  /** Why the form is shown again. */
  refusal?: Refusal | undefined;
}

/** A page of somebody's own, with a form. */
export function formPage({ title, body, navigation = html``, notice = html``, refusal }: FormPageParts): Page {
  const main = html`<h1>${title}</h1>
    ${navigation} ${notice} ${formError(refusal?.message)} ${body}`;
  return { title: `${refusal ? 'Error: ' : ''}${title} · ${siteName}`, main, personal: true };
}
