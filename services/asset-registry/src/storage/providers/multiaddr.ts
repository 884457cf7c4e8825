import { isIP } from 'node:net';

/**
 * The URL of an HTTP API that a multiaddr names: `/ip4|ip6|dns|dns4|dns6/<host>/tcp/<port>`, with `/http`, `/https`, `/tls/http` or nothing
 * behind it (nothing is http, as Kubo writes its API address). undefined for any other.
 */
export function urlOfMultiaddr(text: string): string | undefined {
  const [empty, kind = '', host = '', tcp, port = '', ...protocols] = text.split('/');
  if (empty !== '' || tcp !== 'tcp' || !/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) return undefined;
  const scheme = schemes.get(protocols.join('/'));
  if (scheme === undefined || !isHost(kind, host)) return undefined;
  return `${scheme}://${kind === 'ip6' ? `[${host}]` : host}:${port}`;
}

const schemes = new Map([
  ['', 'http'],
  ['http', 'http'],
  ['https', 'https'],
  ['tls/http', 'https'],
]);

function isHost(kind: string, host: string): boolean {
  if (kind === 'ip4') return isIP(host) === 4;
  if (kind === 'ip6') return isIP(host) === 6 && !host.includes('%');
  return /^dns[46]?$/.test(kind) && /^(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(host);
}
