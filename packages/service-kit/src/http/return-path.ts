/** In UTF-8. Percent-encoded it is three times that at most, which the gateway takes as a header; from 16 KiB on it does not. */
const maxBytes = 2048;

/**
 * Where a browser goes next: a path of our own, or `/` for anything that a browser might take for another place
 * (credentials.md §2). A backslash counts as a slash to browsers, and they drop tabs and newlines.
 */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || Buffer.byteLength(wanted) > maxBytes) return '/';
  return /^\/(?![/\\])[^\u0000-\u001f\u007f-\u009f]*$/.test(wanted) ? wanted : '/';
}
