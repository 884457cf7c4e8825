/** A name with labels, or an address in brackets; a port of its own behind it. */
const HOST =
  /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const MAX_LENGTH = 259;

/**
 * A host as rules, inboxes and URLs name it: lower case, letters beyond ASCII as punycode, no dot behind it, its port only if it is not the default.
 * Undefined for what is none, such as a URL or a pattern.
 */
export function normaliseHost(text: string): string | undefined {
  const url = URL.parse(`https://${text.trim()}`);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '')
    return undefined;
  const host = url.host.replace(/\.(?=:|$)/, '');
  return HOST.test(host) && host.length <= MAX_LENGTH ? host : undefined;
}

/** The names a rule about which would be about this host: itself, without its port, and each domain that it is part of. */
export function coveringNames(host: string): string[] {
  const name = host.replace(/:\d+$/, '');
  if (name.startsWith('[') || /^[\d.]+$/.test(name)) return [...new Set([host, name])];
  const labels = name.split('.');
  return [...new Set([host, ...labels.map((_, i) => labels.slice(i).join('.'))])];
}
