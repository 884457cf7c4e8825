import type { Lookup } from './resolve.ts';

export interface SafeFetchOptions {
  /** Private addresses that may be called all the same, e.g. `['127.0.0.0/8', '::1']`. Plain http is for these only. */
  allowedPrivateCidrs: readonly string[];
  userAgent: string;
  /** How a host name becomes addresses; the system's resolver by default. */
  lookup?: Lookup;
  /** PEM certificates to trust instead of the built-in authorities. */
  ca?: string;
  /** Sockets open at once over all hosts; 512 by default. */
  maxSockets?: number;
  /** Sockets open at once to one origin; 8 by default. */
  maxSocketsPerOrigin?: number;
}

export interface SafeFetchInit {
  /** `GET` by default. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer | string;
  /** Cap on the answer's body after decompression; 1 MiB by default. */
  maxBytes?: number;
  /** DNS, TCP and TLS together; 2,000 by default. */
  connectTimeoutMs?: number;
  /** The whole exchange, redirects and body included; 10,000 by default. */
  timeoutMs?: number;
  /** Redirects to follow; 0 by default, and then a redirect is an error (`redirect_refused`). */
  maxRedirects?: number;
  /** The `Accept` header. */
  accept?: string;
  /** Answer with an empty body as soon as status and headers are there, or a quarter of a second later; for who wants to know no more. */
  discardBody?: boolean;
  /** Media types that a 2xx answer may have, parameters left out; any by default. */
  contentTypes?: readonly string[];
}

export interface SafeFetchResponse {
  status: number;
  /** Lower-case names; repeated headers joined by `, `. */
  headers: Record<string, string>;
  /** Decompressed. */
  body: Buffer;
  /** The URL that answered, after redirects, without its fragment. */
  url: string;
}

/** Fetches a URL that a stranger may have chosen. Any HTTP status but a redirect is an answer; all else throws SafeFetchError. */
export type SafeFetch = (url: string, init?: SafeFetchInit) => Promise<SafeFetchResponse>;

export type SafeFetchClient = SafeFetch & {
  /** Ends every open connection; exchanges under way fail with `unreachable`. */
  close(): Promise<void>;
};
