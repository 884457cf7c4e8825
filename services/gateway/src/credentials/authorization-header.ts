import type { IncomingMessage } from 'node:http';
import { badCredential } from './refusals.ts';

/** The scheme of the `Authorization` header in lower case, `''` when it has none; undefined without the header. */
export function schemeOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization;
  return header === undefined ? undefined : (/^[^ \t]*/.exec(header)?.[0] ?? '').toLowerCase();
}

/**
 * What follows the scheme in the `Authorization` header (RFC 9110 §11.6.2).
 *
 * @throws AppError 401 `invalid_authorization` for a header that has no scheme or nothing after it, or that came twice:
 * whoever picks one of two may pick another than whoever checked it
 */
export function readAuthorization(request: IncomingMessage): string {
  const header = request.headers.authorization ?? '';
  const { rawHeaders } = request;
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  const space = header.indexOf(' ');
  if (count !== 1 || space < 1) throw malformed(count > 1 ? 'came twice' : 'no scheme');
  return header.slice(space + 1).trim();
}

function malformed(reason: string): Error {
  return badCredential(
    'invalid_authorization',
    'The Authorization header cannot be read. Send it once, as "Bearer" and a token.',
    `authorization header: ${reason}`,
  );
}
