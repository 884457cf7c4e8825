import { SignatureError } from '../signature-error.ts';

export interface SignatureParameters {
  keyId: string;
  /** Lower-case; undefined when the parameter is left out. */
  algorithm: string | undefined;
  /** Lower-case names in the order in which they were signed. */
  covered: readonly string[];
  /** Base64, canonical. */
  signature: string;
  /** Seconds since 1970. */
  created: number | undefined;
  expires: number | undefined;
}

const maxLength = 8192;
const maxParameters = 16;
const maxCovered = 64;

/** One parameter and what separates it from the next. No escapes in quoted texts: no value that we take needs any. */
const parameter =
  /[ \t]*([A-Za-z][A-Za-z0-9_-]{0,31})[ \t]*=[ \t]*(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*)"|(\d{1,12}))[ \t]*(,|$)/y;
const headerName = /^(?:\((?:request-target|created|expires)\)|[a-z0-9!#$%&'*+.^_`|~-]+)$/;

/**
 * Reads a `Signature` header strictly: bounded before it is looked at, each parameter once, every name known or harmless.
 * White space around `,` and `=` is allowed. Throws SignatureError `signature_invalid`.
 */
export function parseSignature(header: string): SignatureParameters {
  if (header.length > maxLength) throw invalid(`The Signature header is over ${maxLength} bytes.`);
  const values = readParameters(header);
  const keyId = required(values, 'keyId');
  const signature = required(values, 'signature');
  if (Buffer.from(signature, 'base64').toString('base64') !== signature) throw invalid('The signature is not base64.');
  return {
    keyId,
    algorithm: values.get('algorithm')?.toLowerCase(),
    covered: readCovered(values.get('headers')),
    signature,
    created: readSeconds(values, 'created'),
    expires: readSeconds(values, 'expires'),
  };
}

function readParameters(header: string): Map<string, string> {
  const values = new Map<string, string>();
  const seen = new Set<string>();
  parameter.lastIndex = 0;
  for (let separator: string | undefined = ','; separator === ',';) {
    const match = parameter.exec(header);
    const name = match?.[1];
    if (match === null || name === undefined) throw invalid('The Signature header is not a list of name="value".');
    // Names that differ in case only are one parameter to somebody else's parser.
    if (seen.has(name.toLowerCase())) throw invalid(`The Signature header has ${name} twice.`);
    if (seen.add(name.toLowerCase()).size > maxParameters)
      throw invalid('The Signature header has too many parameters.');
    values.set(name, match[2] ?? match[3] ?? '');
    separator = match[4];
  }
  return values;
}

function readCovered(text: string | undefined): string[] {
  if (text === undefined)
    throw invalid('The Signature header lacks the parameter headers, so that it covers no more than the date.');
  const names = text
    .toLowerCase()
    .split(' ')
    .filter((name) => name !== '');
  if (names.length === 0) throw invalid('The signature covers nothing.');
  if (names.length > maxCovered)
    throw invalid(`The signature covers ${names.length} names, the limit is ${maxCovered}.`);
  if (new Set(names).size !== names.length) throw invalid('The signature covers a name twice.');
  if (!names.every((name) => headerName.test(name))) throw invalid('The signature covers a name that is no header.');
  return names;
}

function readSeconds(values: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  // Written back into the signing string, so it must read back as it was written.
  if (!/^(0|[1-9]\d{0,11})$/.test(text)) throw invalid(`The parameter ${name} is not a whole number of seconds.`);
  return Number(text);
}

function required(values: ReadonlyMap<string, string>, name: string): string {
  const value = values.get(name);
  if (value === undefined || value === '') throw invalid(`The Signature header lacks the parameter ${name}.`);
  return value;
}

function invalid(message: string): SignatureError {
  return new SignatureError('signature_invalid', message);
}
