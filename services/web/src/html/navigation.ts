import { html, type Html } from './html.ts';

/** The parts of the site, as the head of every page offers them. */
const sections = [
  { path: '/assets', label: 'Assets' },
  { path: '/activities', label: 'Activities' },
  { path: '/users', label: 'Users' },
  { path: '/anchors', label: 'Anchors' },
  { path: '/docs', label: 'API' },
] as const;

export type Section = (typeof sections)[number]['path'];

/** @param at the part in which the page is, if in one */
export function navigation(at: Section | undefined): Html {
  const links = sections.map(
    ({ path, label }) => html`<a href="${path}" ${path === at ? html`aria-current="page"` : ''}>${label}</a>`,
  );
  return html`<nav class="sections" aria-label="Sections">${links}</nav>`;
}
