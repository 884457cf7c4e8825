import type { Dispatcher } from 'undici';
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

/** What is read of a body that nobody wants, so that its connection can be used again; a longer or slower one costs its connection. */
const DISCARD_BYTES = 16_384;
const DISCARD_MS = 250;

/** One request and its answer, redirects unfollowed. The body of a redirect is not read. */
export async function exchange(hop: Hop, o: ExchangeOptions): Promise<SafeFetchResponse> {
  const answer = await o.dispatcher.request({
    origin: hop.url.origin,
    path: `${hop.url.pathname}${hop.url.search}`,
    method: hop.method,
    headers: hop.headers,
    body: hop.body ?? null,
    signal: o.signal,
    reset: o.closeAfter,
  });
  const headers = flatten(answer.headers);
  const response: SafeFetchResponse = { status: answer.statusCode, headers, body: Buffer.alloc(0), url: hop.url.href };
  // From here on the body must be read or destroyed, or its socket stays taken.
  answer.body.on('error', () => undefined);
  try {
    if (isRedirect(answer.statusCode)) return response;
    if (answer.statusCode < 300) checkContentType(hop.url, headers['content-type'], o.contentTypes);
    if (hop.method === 'HEAD') return response;
    if (o.discardBody) {
      await discard(answer.body);
      return response;
    }
    checkAnnouncedLength(headers['content-length'], o.maxBytes);
    response.body = await readBody(answer.body, headers['content-encoding'] ?? '', o.maxBytes, o.signal);
    return response;
  } finally {
    answer.body.destroy();
  }
}

async function discard(body: Dispatcher.ResponseData['body']): Promise<void> {
  try {
    await body.dump({ limit: DISCARD_BYTES, signal: AbortSignal.timeout(DISCARD_MS) });
  } catch {
    // It is destroyed by the caller.
  }
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
