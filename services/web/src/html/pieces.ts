import { html, type Html } from './html.ts';

const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const numbers = new Intl.NumberFormat('en');

const unknown = 'an unknown time';

/** A moment in UTC; the site's script shows it in the reader's zone. */
export function time(iso: string): Html {
  const at = momentOf(iso);
  return at === undefined ? html`${unknown}` : html`<time datetime="${at.toISOString()}">${timeInWords(iso)}</time>`;
}

/** The same within the text of a drawing, whose label the script changes as well. */
export function drawnTime(iso: string): Html {
  const at = momentOf(iso);
  return at === undefined ? html`${unknown}` : html`<tspan data-time="${at.toISOString()}">${timeInWords(iso)}</tspan>`;
}

/** A day within the text of a drawing. */
export function drawnDay(iso: string): Html {
  return html`<tspan data-time="${iso}" data-shows="day">${dayInWords(iso)}</tspan>`;
}

export function timeInWords(iso: string): string {
  const at = momentOf(iso);
  return at === undefined ? unknown : `${dateTime.format(at)} UTC`;
}

/** @param iso a moment that there is */
export function dayInWords(iso: string): string {
  return date.format(new Date(iso));
}

function momentOf(iso: string): Date | undefined {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

export function number(value: number): string {
  return numbers.format(value);
}

/** `1 asset`, `2 assets` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** A text to be copied with one click where there is script, and as it is where there is none. */
export function copyable(text: string, what: string): Html {
  return html`<span class="copyable"
    ><code>${text}</code
    ><button type="button" class="copy" data-copy="${text}" aria-label="Copy ${what}">Copy</button></span
  >`;
}

/** The name by which a list shows a hash. */
export function shortHash(hash: string): Html {
  return html`<code>${hash.slice(0, 12)}…</code>`;
}

export interface Fact {
  name: string;
  value: Html | string;
}

/** Names with what they stand for. */
export function facts(list: readonly (Fact | undefined)[]): Html {
  const shown = list.filter((fact) => fact !== undefined);
  return html`<dl class="facts">
    ${shown.map(
      ({ name, value }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** For a list without entries: what would be here, and what one can do. */
export function empty(what: Html | string): Html {
  return html`<p class="empty">${what}</p>`;
}

/** Says that a part of the page could not be read, in place of claiming that there is none. */
export function unavailable(what: string): Html {
  return html`<p class="note">${what} cannot be shown at the moment.</p>`;
}

/** Links to the pages beside this one. */
export function pageLinks({ first, next }: { first?: string | undefined; next?: string | undefined }): Html {
  if (first === undefined && next === undefined) return html``;
  return html`<nav class="pages" aria-label="Pages">
    ${first === undefined ? '' : html`<a href="${first}">First page</a>`}
    ${next === undefined ? '' : html`<a rel="next" href="${next}">Next page</a>`}
  </nav>`;
}
