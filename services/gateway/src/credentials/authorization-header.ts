import type { IncomingMessage } from 'node:http';
import { badCredential } from './refusals.ts';

/** The scheme in lower case, and what follows it. */
export interface Authorization {
  scheme: string;
  credentials: string;
}

/**
 * The `Authorization` header (RFC 9110 §11.6.2), or undefined.
 *
 * @throws AppError 401 `invalid_authorization` for one that is malformed or came twice: whoever picks one of two may
 * pick another than whoever checked it.
 */
export function readAuthorization(request: IncomingMessage): Authorization | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const { rawHeaders } = request;
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'authorization') count += 1;
  const space = header.indexOf(' ');
  if (count > 1 || space < 1) throw malformed(count > 1 ? 'came twice' : 'no scheme');
  return { scheme: header.slice(0, space).toLowerCase(), credentials: header.slice(space + 1).trim() };
}

function malformed(reason: string): Error {
  return badCredential(
    'invalid_authorization',
    'The Authorization header cannot be read. Send it once, as "Bearer" and a token.',
    `authorization header: ${reason}`,
  );
}
