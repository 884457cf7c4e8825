import { SignatureError } from '../signature-error.ts';
import { itemText, type Item } from './structured-fields.ts';
import { splitTarget, type Message } from './message.ts';

const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
/** Of these, two lines would be one value to a signature, and either to the application. */
const singletons = new Set(['host', 'date', 'content-type', 'content-length', 'authorization', 'user-agent']);

const derived: Readonly<Record<string, (message: Message) => string>> = {
  '@method': ({ method }) => method,
  '@scheme': ({ scheme }) => scheme,
  '@authority': ({ authority }) => authority,
  '@target-uri': ({ scheme, authority, target }) => `${scheme}://${authority}${target}`,
  '@request-target': ({ target }) => target,
  '@path': ({ target }) => splitTarget(target).path,
  '@query': ({ target }) => splitTarget(target).query || '?',
};

/** Whether a derived component (RFC 9421 §2.2) exists in requests. */
export function isDerived(name: string): boolean {
  return Object.hasOwn(derived, name);
}

/**
 * The identifier and the value of a component (RFC 9421 §2). Of parameters, `name` of `@query-param` and `bs` of fields are known; an unknown one may change
 * what is meant, so it is refused. Throws SignatureError, also for a field that the request lacks.
 */
export function componentLine(item: Item, message: Message): string {
  if (item.kind !== 'string') throw invalid('The signature covers what is no name.');
  return `${itemText(item)}: ${valueOf(String(item.value), item, message)}`;
}

function valueOf(name: string, { parameters }: Item, message: Message): string {
  if (name === '@query-param') return queryParameter(parameters.get('name')?.value, parameters.size, message);
  const derive = isDerived(name) ? derived[name] : undefined;
  if (derive !== undefined && parameters.size === 0) return derive(message);
  if (!fieldName.test(name)) throw invalid(`The signature covers ${quoted(name)}, which is not taken here.`);
  if (parameters.size === 0) return fieldValues(name, message).join(', ');
  if (parameters.size === 1 && parameters.get('bs')?.value === true) return binary(fieldValues(name, message));
  throw invalid(`The signature covers ${name} with parameters that are not taken here.`);
}

function fieldValues(name: string, { headers }: Message): string[] {
  const values = headers.get(name);
  if (values === undefined) throw invalid(`The signature covers ${name}, which the request lacks.`);
  if (values.length > 1 && singletons.has(name))
    throw invalid(`The request has ${values.length} ${name} headers, wants one.`);
  return values.map((value) => value.trim());
}

/** RFC 9421 §2.1.3. */
function binary(values: readonly string[]): string {
  return values.map((value) => `:${Buffer.from(value, 'latin1').toString('base64')}:`).join(', ');
}

/** RFC 9421 §2.2.8: decoded as a form is, and encoded anew. */
function queryParameter(name: unknown, parameters: number, { target }: Message): string {
  if (typeof name !== 'string' || parameters !== 1) throw invalid('The signature covers @query-param without a name.');
  const found = [...new URLSearchParams(splitTarget(target).query)].filter(([key]) => encode(key) === name);
  const [pair] = found;
  if (pair === undefined || found.length > 1) {
    throw invalid('The signature covers a query parameter that the request lacks, or has more than once.');
  }
  return encode(pair[1]);
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}

function invalid(message: string): SignatureError {
  return new SignatureError('signature_invalid', message);
}
