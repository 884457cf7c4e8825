import { CertificateError } from './certificate-error.ts';

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only the object's own member: names of the prototype are nobody's. */
export function member(value: Json, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** @throws CertificateError when it is no text */
export function textMember(value: Json, name: string): string {
  const text = member(value, name);
  if (typeof text !== 'string') throw new CertificateError(`"${name}" is missing, or no text.`);
  return text;
}

/**
 * The bytes that a text stands for, if it is their one spelling.
 *
 * @param length how many there must be
 * @throws CertificateError
 */
export function bytesOf(text: string, encoding: 'base64' | 'hex', length: number | undefined, name: string): Buffer {
  const bytes = Buffer.from(text, encoding);
  if (bytes.toString(encoding) !== text) throw new CertificateError(`"${name}" is not ${encoding}.`);
  if (length !== undefined && bytes.length !== length) {
    throw new CertificateError(`"${name}" has ${bytes.length} bytes, not ${length}.`);
  }
  return bytes;
}

/** The result, or undefined where it throws: for what a hostile certificate may hold. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
