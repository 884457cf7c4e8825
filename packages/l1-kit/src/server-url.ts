/**
 * A server's address in its one spelling, as L2 writes it too: scheme and host in lower case, no default port, no `/` behind.
 * Throws TypeError that begins with `name`.
 */
export function readServerUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isServer = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isServer || url.search !== '' || url.hash !== '') {
    throw new TypeError(`${name}: got "${text}", wants an address such as https://l2.example`);
  }
  return url.href.replace(/\/+$/, '');
}

/** The same without a path: cookies and signatures are an origin's. */
export function readOrigin(name: string, text: string): string {
  const url = readServerUrl(name, text);
  if (new URL(url).origin === url) return url;
  throw new TypeError(`${name}: got "${text}", wants an address without a path, such as https://render.example`);
}
