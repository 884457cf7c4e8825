import type { Dispatcher } from 'undici';
import { exchangeHead } from './exchange-head.ts';
import { printable } from './printable.ts';
import { checkAnnouncedLength, readBody } from './read-body.ts';
import { isRedirect, type Hop } from './redirect.ts';
import { SafeFetchError } from './safe-fetch-error.ts';
import type { SafeFetchResponse } from './types.ts';
import { describeUrl } from './vet-url.ts';

export interface ExchangeOptions {
  dispatcher: Dispatcher;
  signal: AbortSignal;
  maxBytes: number;
  contentTypes: readonly string[] | undefined;
  /** Answer without the body. */
  discardBody: boolean;
  /** Do not keep the connection for later. */
  closeAfter: boolean;
}

/** One request and its answer, redirects unfollowed. The body of a redirect is not read. */
export async function exchange(hop: Hop, o: ExchangeOptions): Promise<SafeFetchResponse> {
  const request = {
    origin: hop.url.origin,
    path: `${hop.url.pathname}${hop.url.search}`,
    method: hop.method,
    headers: hop.headers,
    body: hop.body ?? null,
    reset: o.closeAfter,
  };
  if (o.discardBody) {
    const { status, headers } = await exchangeHead(o.dispatcher, request, o.signal);
    return respond(hop, o, status, flatten(headers));
  }
  const answer = await o.dispatcher.request({ ...request, signal: o.signal });
  // From here on the body must be read or destroyed, or its socket stays taken.
  answer.body.on('error', () => undefined);
  try {
    const response = respond(hop, o, answer.statusCode, flatten(answer.headers));
    const { status, headers } = response;
    if (isRedirect(status) || hop.method === 'HEAD') return response;
    checkAnnouncedLength(headers['content-length'], o.maxBytes);
    response.body = await readBody(answer.body, headers['content-encoding'] ?? '', o.maxBytes, o.signal);
    return response;
  } finally {
    answer.body.destroy();
  }
}

/** The answer as far as its head tells it. */
function respond(hop: Hop, o: ExchangeOptions, status: number, headers: Record<string, string>): SafeFetchResponse {
  if (status < 300) checkContentType(hop.url, headers['content-type'], o.contentTypes);
  return { status, headers, body: Buffer.alloc(0), url: hop.url.href };
}

function checkContentType(url: URL, contentType: string | undefined, accepted: readonly string[] | undefined): void {
  if (accepted === undefined) return;
  const essence = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (accepted.includes(essence)) return;
  const got = essence === '' ? 'no content type' : printable(essence);
  throw new SafeFetchError(
    'content_type_refused',
    `${describeUrl(url)} answered with ${got}, wanted ${accepted.join(' or ')}.`,
  );
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
