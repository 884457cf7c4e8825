import { html, type Html } from '../html/html.ts';

/** What every control of a form has, whatever its kind. */
export interface Labelled {
  name: string;
  label: string;
  hint?: Html | string;
  optional?: boolean;
  /** What is wrong with it. */
  error?: Html | string | undefined;
  /** Whether the page opens here: at the first field that is wrong. */
  focus?: boolean;
}

export interface Field extends Labelled {
  type: 'text' | 'password' | 'email' | 'url';
  /** HTML autofill detail token. */
  autocomplete: 'username' | 'current-password' | 'new-password' | 'email' | 'name' | 'off';
  value?: string;
  minLength?: number;
  maxLength?: number;
}

/**
 * A control with its label, its hint and its error, which are read out with it.
 *
 * @param control makes it of the attributes that tie it to them
 */
export function labelled(o: Labelled, control: (attributes: Html) => Html): Html {
  const describedBy = [o.hint && `${o.name}-hint`, o.error && `${o.name}-error`].filter(Boolean).join(' ');
  const attributes = html`id="${o.name}" name="${o.name}" ${o.optional ? '' : 'required'}
  ${describedBy === '' ? '' : html`aria-describedby="${describedBy}"`}
  ${o.error === undefined ? '' : html`aria-invalid="true"`} ${o.focus ? 'autofocus' : ''}`;
  return html`<p class="field">
    <label for="${o.name}">${o.label}${o.optional ? html` <span class="note">(optional)</span>` : ''}</label>
    ${o.hint === undefined ? '' : html`<span class="note" id="${o.name}-hint">${o.hint}</span>`}
    ${o.error === undefined ? '' : html`<span class="error" id="${o.name}-error">${o.error}</span>`}
    ${control(attributes)}
  </p>`;
}

/** A labelled input. */
export function field(o: Field): Html {
  return labelled(
    o,
    (attributes) =>
      html`<input
        ${attributes}
        type="${o.type}"
        autocomplete="${o.autocomplete}"
        autocapitalize="none"
        spellcheck="false"
        ${o.value ? html`value="${o.value}"` : ''}
        ${o.minLength === undefined ? '' : html`minlength="${o.minLength}"`}
        ${o.maxLength === undefined ? '' : html`maxlength="${o.maxLength}"`}
      />`,
  );
}

/** What went wrong with the form as a whole, read out at once. */
export function formError(message: Html | string | undefined): Html {
  return message === undefined ? html`` : html`<p class="error" role="alert">${message}</p>`;
}
