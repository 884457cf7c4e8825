import { readFileSync } from 'node:fs';
import markdownIt, { type Token } from 'markdown-it';
import { trusted, type Html } from '../html/html.ts';

const file = new URL('../../../../README.md', import.meta.url);

/**
 * The suite's README as a part of a page: without its title. Its pictures, and the files of the repository to which
 * it leads, are not served: of those there is the text.
 */
export function loadReadme(): Html {
  const markdown = markdownIt({ html: false });
  const { rules } = markdown.renderer;
  const region = 'tabindex="0" role="region"';
  rules['image'] = () => '';
  rules['table_open'] = () => `<div class="scroll" ${region} aria-label="Table"><table>`;
  rules['table_close'] = () => '</table></div>';
  rules['fence'] = (tokens, at) =>
    `<pre ${region} aria-label="Example"><code>${markdown.utils.escapeHtml(tokens[at]?.content ?? '')}</code></pre>`;
  // Links cannot hold links.
  let linkTag = 'a';
  rules['link_open'] = (tokens, at) => {
    const href = String(tokens[at]?.attrGet('href') ?? '');
    linkTag = /^https?:/.test(href) ? 'a' : 'span';
    return linkTag === 'a' ? `<a href="${markdown.utils.escapeHtml(href)}" rel="external">` : '<span>';
  };
  rules['link_close'] = () => `</${linkTag}>`;
  const tokens = withoutTitle(markdown.parse(readFileSync(file, 'utf8'), {}));
  return trusted(markdown.renderer.render(tokens, markdown.options, {}));
}

function withoutTitle(tokens: Token[]): Token[] {
  return tokens.slice(tokens.findIndex(({ type }) => type === 'heading_close') + 1);
}
