import type { IncomingMessage } from 'node:http';
import { AppError, isCrossSiteRequest, isUnsafeMethod } from '@artdag/service-kit';
import type { Caller } from '../credentials/carrier.ts';
import { cookieOf } from '../credentials/cookie-carriers.ts';

/**
 * Refuses unsafe requests that a cookie authenticates and another site may have made (credentials.md §2).
 *
 * @throws AppError 403 `csrf`
 */
export function refuseCrossSite(request: IncomingMessage, caller: Caller, publicOrigins: readonly string[]): void {
  const { method = '', headers } = request;
  if (caller.cookie === undefined || !isUnsafeMethod(method)) return;
  const evidence = {
    method,
    origin: headers.origin,
    secFetchSite: single(headers['sec-fetch-site']),
    csrfToken: single(headers['x-csrf-token']),
    sessionSecret: cookieOf(request, caller.cookie) ?? undefined,
    publicOrigins,
  };
  if (isCrossSiteRequest(evidence)) {
    throw new AppError(
      'csrf',
      403,
      'This request comes from another site. Send it from a page of ours, or with its token.',
    );
  }
}

/** Node joins repeated headers of this kind with commas; its types do not know that. */
function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
