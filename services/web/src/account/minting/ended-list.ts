import { html, type Html } from '../../html/html.ts';

const shown = 20;

/** The latest of what has ended, folded away. */
export function endedList(rows: readonly Html[]): Html {
  if (rows.length === 0) return html``;
  return html`<details>
    <summary>${rows.length > shown ? `The last ${shown} of ${rows.length} that have ended` : 'What has ended'}</summary>
    <ul class="rows">
      ${rows.slice(0, shown)}
    </ul>
  </details>`;
}
