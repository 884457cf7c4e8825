/** What an MSign signature covers. */
export interface SignedRequest {
  method: string;
  /** As the client addressed it; see `normaliseHost`. */
  host: string;
  /** Path and query, exactly as sent. */
  target: string;
  /** Unix seconds. */
  ts: number;
  /** Lower-case hex SHA-256 of the raw body. */
  bodySha256: string;
}

/** The text that is signed (public-key-auth.md §4). It binds the host: a request signed for one server is nothing to another. */
export function signedText({ method, host, target, ts, bodySha256 }: SignedRequest): string {
  return `ed25519\n${method.toUpperCase()}\n${host}\n${target}\n${ts}\nsha256:${bodySha256}`;
}

/** The original's text, which does not bind the host. Only for servers that say so. */
export function legacyText({ method, target, ts, bodySha256 }: Omit<SignedRequest, 'host'>): string {
  return `${method.toUpperCase()}\n${target}\n${ts}\n${bodySha256}`;
}

/** Lower case, without the scheme's default port. */
export function normaliseHost(host: string, scheme: 'http' | 'https'): string {
  return host.toLowerCase().replace(scheme === 'https' ? /:443$/ : /:80$/, '');
}
