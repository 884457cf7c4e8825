import { html, type Html } from '../html/html.ts';

/** A description: what stands in backticks is code, and an address is a link. */
export function prose(text: string): Html {
  return html`${text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`.+`$/.test(part) ? html`<code>${part.slice(1, -1)}</code>` : html`${part}`))}`;
}

/** Code in a block that the keyboard can scroll. */
export function codeBlock(text: string, label: string): Html {
  return html`<pre tabindex="0" role="region" aria-label="${label}"><code>${text}</code></pre>`;
}
