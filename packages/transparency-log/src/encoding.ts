import { LogDataError } from './log-data-error.ts';

/**
 * Bytes of standard base64 with padding (RFC 4648 §4), the canonical text of these bytes only.
 *
 * @throws LogDataError on anything else, such as stray bits behind the last byte.
 */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new LogDataError('Not canonical base64.');
  return bytes;
}

/**
 * A tree size or an index: decimal, without leading zeros.
 *
 * @throws LogDataError on anything else, and above 2^53 − 1.
 */
export function parseDecimal(text: string): number {
  const value = Number(text);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(value)) {
    throw new LogDataError('Not a decimal number without leading zeros.');
  }
  return value;
}

/** @throws LogDataError when the bytes are not UTF-8, or a string has lone surrogates. */
export function utf8Text(input: string | Uint8Array): string {
  if (typeof input === 'string') {
    if (Buffer.from(input).toString() !== input) throw new LogDataError('Not well-formed Unicode.');
    return input;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    throw new LogDataError('Not UTF-8.');
  }
}
