/**
 * The one spelling of a server's address, so that two spellings are never two servers: scheme and host in lower case, no default port, no
 * trailing `/`. Undefined for what is no http or https address, and for one with credentials, query or fragment.
 */
export function serverAddress(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  const { protocol, host, pathname, username, password, search, hash } = url;
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  if ([username, password, search, hash].some((part) => part !== '')) return undefined;
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}
