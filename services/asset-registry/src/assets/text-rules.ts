/** Length in characters as people count them: a character outside the basic plane is one, not two. */
export function characters(text: string): number {
  return [...text].length;
}

/** Whether PostgreSQL and canonical JSON can both hold the text. */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

const maxUrlCharacters = 2048;
// No scheme that a browser would run, and nothing that URL parsers would silently drop or encode.
const webUrl = /^(?:https?|ipfs):\/\/[^\s<>"\\^`{|}\u0000-\u0020\u007f]+$/i;

export function isWebUrl(text: string): boolean {
  return text.length <= maxUrlCharacters && webUrl.test(text) && text.isWellFormed() && URL.canParse(text);
}
