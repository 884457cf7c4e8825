import { html, type Html } from './html.ts';

/** A stranger's address as browsers read it, when it leads to a web page; undefined for every other scheme, which is not to be followed. */
export function webAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === ''
    ? url
    : undefined;
}

/** A link to wherever a stranger wants, who is told nothing of the page; just the text where it is no web address. */
export function foreignLink(text: string): Html {
  const url = webAddress(text);
  return url === undefined
    ? html`<bdi>${text}</bdi>`
    : html`<a href="${url.href}" rel="nofollow noopener noreferrer external ugc">${url.href}</a>`;
}
