import { html, type Html } from '../html/html.ts';
import type { CopyState } from './storage.ts';

const looks: Record<CopyState, [look: string, words: string]> = {
  present: ['good', 'there'],
  missing: ['wrong', 'missing'],
  changed: ['wrong', 'changed'],
  unknown: ['', 'not looked at yet'],
  unsupported: ['', 'cannot be looked at'],
};

export function copyChip(state: CopyState): Html {
  const [look, words] = looks[state];
  return html`<span class="chip ${look}">${words}</span>`;
}

/** `there: 12` for every state that occurs. */
export function copyCounts(counts: Record<CopyState, number>): Html {
  const states = (Object.keys(looks) as CopyState[]).filter((state) => counts[state] > 0);
  return html`${states.map((state) => html`<span class="chip ${looks[state][0]}">${looks[state][1]}: ${counts[state]}</span> `)}`;
}
