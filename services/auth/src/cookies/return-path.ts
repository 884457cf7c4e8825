/**
 * Where a browser goes next: a path of our own, or `/` for anything that a browser might take for another place
 * (credentials.md §2). A backslash counts as a slash to browsers, and they drop tabs and newlines.
 */
export function returnPath(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])[^\u0000-\u001f\u007f]*$/.test(wanted) ? wanted : '/';
}
