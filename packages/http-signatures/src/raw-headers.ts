import { SignatureError } from './signature-error.ts';

/** Header fields by lower-case name, each with every value that was sent. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/**
 * Reads node's flat list of names and values. `X-Date` is left out: nothing may look at it, as it would stand in for the signed `Date`.
 */
export function readRawHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    const value = rawHeaders[i + 1] ?? '';
    if (name === 'x-date') continue;
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  return headers;
}

/** The value of a header that must be there once: of two, the signature would cover one, and the application might read the other. */
export function singleHeader(headers: Headers, name: string): string {
  const values = headers.get(name) ?? [];
  const [value] = values;
  if (value === undefined)
    throw new SignatureError('signature_invalid', `The signature covers ${name}, which the request lacks.`);
  if (values.length > 1)
    throw new SignatureError('signature_invalid', `The request has ${values.length} ${name} headers, wants one.`);
  return value.trim();
}
