const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in HTML, also in an attribute within quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
}

/** Plain text as HTML: a paragraph for each of its paragraphs, with its line ends. */
export function htmlOfText(text: string): string {
  const paragraphs = escapeHtml(text.trim().replace(/\r\n?/g, '\n')).split(/\n{2,}/);
  return paragraphs.map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`).join('');
}

/** A link that shows where it leads. @param url an https or http address */
export function linkTo(url: string): string {
  const address = escapeHtml(url);
  return `<a href="${address}" rel="me nofollow noopener">${address}</a>`;
}
