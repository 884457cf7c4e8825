import { SignatureError } from '../signature-error.ts';
import type { SignatureRequest } from '../types.ts';
import { isDerived } from './components.ts';
import { parseDictionary, stringText, type InnerList } from './structured-fields.ts';

const maxLength = 8192;
const maxComponents = 32;
const known = new Set(['created', 'expires', 'nonce', 'tag', 'alg', 'keyid']);

/** `Accept-Signature` (RFC 9421 §5.1) of one member that wants these components covered, and to know when it was made. */
export function acceptSignatureHeader(components: readonly string[]): string {
  return `sig1=(${components.map(stringText).join(' ')});created`;
}

/** What we would sign by. */
export interface SigningMeans {
  keyId: string;
  /** `rsa-v1_5-sha256`, the algorithm of the key. */
  algorithm: string;
  /** Lower-case names of the headers that the request will have. */
  headers: readonly string[];
}

/**
 * The first member of an `Accept-Signature` that can be fulfilled as it stands (RFC 9421 §5.2): all its components are the request's, its algorithm and
 * key, where named, are ours, and no parameter is unknown. Undefined for none, also for a header that cannot be read. Never throws.
 */
export function fulfillableRequest(header: string, means: SigningMeans): SignatureRequest | undefined {
  for (const [label, member] of read(header)) {
    const request = member.kind === 'list' ? fulfillable(label, member, means) : undefined;
    if (request !== undefined) return request;
  }
  return undefined;
}

function read(header: string) {
  if (header.length > maxLength) return [];
  try {
    return parseDictionary(header);
  } catch (error) {
    if (error instanceof SignatureError) return [];
    throw error;
  }
}

function fulfillable(
  label: string,
  { items, parameters }: InnerList,
  means: SigningMeans,
): SignatureRequest | undefined {
  const components = items.map(({ value }) => String(value));
  const text = (name: string): string | undefined => {
    const given = parameters.get(name);
    return given?.kind === 'string' ? String(given.value) : undefined;
  };
  const isOurs = (name: string, own: string): boolean => !parameters.has(name) || text(name) === own;
  const can =
    components.length <= maxComponents &&
    items.every(({ kind, parameters: { size } }) => kind === 'string' && size === 0) &&
    components.every((name) => isDerived(name) || means.headers.includes(name)) &&
    [...parameters.keys()].every((name) => known.has(name)) &&
    isOurs('alg', means.algorithm) &&
    isOurs('keyid', means.keyId);
  if (!can) return undefined;
  return { label, components, expires: parameters.has('expires'), nonce: text('nonce'), tag: text('tag') };
}
