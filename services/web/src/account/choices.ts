import { html, type Html } from '../html/html.ts';
import { labelled, type Labelled } from './field.ts';

export interface Choice {
  value: string;
  label: string;
}

export interface Choices extends Omit<Labelled, 'optional'> {
  choices: readonly Choice[];
}

/** One of a few. */
export function select(o: Choices & { chosen: string }): Html {
  const options = o.choices.map(
    ({ value, label }) => html`<option value="${value}" ${value === o.chosen ? 'selected' : ''}>${label}</option>`,
  );
  return labelled(
    o,
    (attributes) =>
      html`<select ${attributes}>
        ${options}
      </select>`,
  );
}

/** Any of several. */
export function checkboxes(o: Choices & { chosen: readonly string[] }): Html {
  return html`<fieldset class="field" ${described(o)}>
    <legend>${o.label}</legend>
    ${told(o)}
    ${o.choices.map(
      ({ value, label }) =>
        html`<label class="choice"
          ><input type="checkbox" name="${o.name}" value="${value}" ${o.chosen.includes(value) ? 'checked' : ''} />
          ${label}</label
        >`,
    )}
  </fieldset>`;
}

function told({ name, hint, error }: Choices): Html {
  return html`${hint === undefined ? '' : html`<span class="note" id="${name}-hint">${hint}</span>`}
  ${error === undefined ? '' : html`<span class="error" id="${name}-error">${error}</span>`}`;
}

function described({ name, hint, error }: Choices): Html {
  const by = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return by === '' ? html`` : html`aria-describedby="${by}"`;
}
