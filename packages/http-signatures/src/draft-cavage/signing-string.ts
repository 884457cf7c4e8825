import { SignatureError } from '../signature-error.ts';

export interface RequestTarget {
  method: string;
  originalUrl: string;
}

/** Names in parentheses that are no headers, with their values (draft-cavage §2.3). */
export interface PseudoHeaders {
  created?: number | undefined;
  expires?: number | undefined;
}

/**
 * The text that is signed: a line per covered name. Throws SignatureError on a value with a line break, which would let one value pass for
 * several headers, or beyond ASCII, which the two ends would turn into different bytes.
 */
export function composeSigningString(
  covered: readonly string[],
  target: RequestTarget,
  header: (name: string) => string,
  pseudo: PseudoHeaders = {},
): string {
  const lines = covered.map((name) => {
    if (name === '(request-target)') return `${name}: ${target.method.toLowerCase()} ${target.originalUrl}`;
    if (name === '(created)') return `${name}: ${pseudo.created}`;
    if (name === '(expires)') return `${name}: ${pseudo.expires}`;
    return `${name}: ${header(name)}`;
  });
  if (!lines.every((line) => /^[\t\x20-\x7e]*$/.test(line))) {
    throw new SignatureError('signature_invalid', 'A signed header or the request target is not plain ASCII.');
  }
  return lines.join('\n');
}
