/**
 * `path` if it is a path of our own, else `otherwise`: it begins with one `/`, the next character is neither `/` nor `\`, and there are no control
 * characters, so that no browser reads another host into it.
 */
export function safePath(path: unknown, otherwise: string): string {
  if (typeof path !== 'string' || path.length > 2048) return otherwise;
  return /^\/(?![/\\])[^\u0000-\u001f\u007f]*$/.test(path) ? path : otherwise;
}
