import { html, type Html } from '../html/html.ts';

export interface Field {
  name: string;
  label: string;
  type: 'text' | 'password' | 'email';
  /** HTML autofill detail token. */
  autocomplete: 'username' | 'current-password' | 'new-password' | 'email';
  value?: string;
  hint?: string;
  optional?: boolean;
  minLength?: number;
  /** What is wrong with it. */
  error?: string | undefined;
  /** Whether the page opens here: at the first field that is wrong. */
  focus?: boolean;
}

/** A labelled input with its hint and its error, which are read out with it. */
export function field(o: Field): Html {
  const describedBy = [o.hint && `${o.name}-hint`, o.error && `${o.name}-error`].filter(Boolean).join(' ');
  const attributes = html`
    ${o.value ? html`value="${o.value}"` : ''} ${o.optional ? '' : 'required'}
    ${o.minLength === undefined ? '' : html`minlength="${o.minLength}"`}
    ${describedBy === '' ? '' : html`aria-describedby="${describedBy}"`}
    ${o.error === undefined ? '' : html`aria-invalid="true"`} ${o.focus ? 'autofocus' : ''}
  `;
  return html`<p class="field">
    <label for="${o.name}">${o.label}${o.optional ? html` <span class="note">(optional)</span>` : ''}</label>
    ${o.hint === undefined ? '' : html`<span class="note" id="${o.name}-hint">${o.hint}</span>`}
    ${o.error === undefined ? '' : html`<span class="error" id="${o.name}-error">${o.error}</span>`}
    <input
      id="${o.name}"
      name="${o.name}"
      type="${o.type}"
      autocomplete="${o.autocomplete}"
      autocapitalize="none"
      spellcheck="false"
      ${attributes}
    />
  </p>`;
}

/** What went wrong with the form as a whole, read out at once. */
export function formError(message: string | undefined): Html {
  return message === undefined ? html`` : html`<p class="error" role="alert">${message}</p>`;
}
