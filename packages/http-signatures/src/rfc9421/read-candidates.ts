import { verify } from 'node:crypto';
import { checkLifetime } from '../freshness.ts';
import { readPublicKey } from '../public-key.ts';
import { singleHeader, type Headers } from '../raw-headers.ts';
import { SignatureError } from '../signature-error.ts';
import type { Candidate, VerifyRequestOptions } from '../types.ts';
import { checkContentDigest } from './content-digest.ts';
import { checkTarget, normalAuthority, splitTarget, type Message } from './message.ts';
import { readInputs, type SignatureInput } from './read-inputs.ts';
import { signatureBase } from './signature-base.ts';
import { itemText, type InnerList } from './structured-fields.ts';
import { usable } from './usable.ts';

/** By the key's type; a signature that names another algorithm is refused whatever its key. */
const algorithms = { rsa: 'rsa-v1_5-sha256', ed25519: 'ed25519' } as const;

/**
 * Checks all of a request's RFC 9421 signatures that needs no key. Answers those that cover enough and are fresh, in their order: beside the sender's
 * there may be one of a proxy, which covers less. Throws the first one's SignatureError when there is none.
 */
export function readCandidates(headers: Headers, o: VerifyRequestOptions): Candidate[] {
  const inputs = readInputs(headers);
  const message = messageOf(headers, o);
  return usable(inputs, (input) => candidateOf(input, message, o));
}

function messageOf(headers: Headers, o: VerifyRequestOptions): Message {
  const scheme = o.scheme ?? 'https';
  const authority = normalAuthority(singleHeader(headers, 'host'), scheme);
  const { authorities } = o;
  if (authorities !== undefined && !authorities.some((own) => normalAuthority(own, scheme) === authority)) {
    throw invalid('The request was signed for another host.');
  }
  checkTarget(o.originalUrl);
  return { method: o.method, scheme, authority, target: o.originalUrl, headers };
}

function candidateOf(
  { keyId, input, signature }: SignatureInput,
  message: Message,
  o: VerifyRequestOptions,
): Candidate {
  const covered = new Set(input.items.map(itemText));
  checkCovered(covered, message, o.body);
  checkTimes(input, o.now);
  const algorithm = algorithmOf(input);
  const base = Buffer.from(signatureBase(input, message), 'ascii');
  if (covered.has('"content-digest"')) checkContentDigest(fieldText(message.headers, 'content-digest'), o.body);
  return { keyId, verifies: (publicKeyPem) => verifies({ base, signature, algorithm, publicKeyPem }) };
}

function checkCovered(covered: ReadonlySet<string>, { method, target }: Message, body: Buffer): void {
  const has = (...names: string[]): boolean => names.every((name) => covered.has(`"${name}"`));
  const query = splitTarget(target).query === '' ? [] : ['@query'];
  const coversTarget = has('@target-uri') || has('@authority', '@path', ...query);
  const bodiless = /^(get|head)$/i.test(method) && body.length === 0;
  const missing = [
    ...(has('@method') ? [] : ['@method']),
    ...(coversTarget ? [] : ['@target-uri']),
    ...(bodiless || has('content-digest') ? [] : ['content-digest']),
  ];
  if (missing.length > 0) throw invalid(`The signature does not cover ${missing.join(' ')}.`);
}

function checkTimes(input: InnerList, now: Date): void {
  const created = seconds(input, 'created');
  if (created === undefined) throw invalid('The signature lacks the parameter created.');
  checkLifetime(created, seconds(input, 'expires'), now);
}

function seconds({ parameters }: InnerList, name: string): number | undefined {
  const given = parameters.get(name);
  if (given === undefined) return undefined;
  const value = Number(given.value);
  if (given.kind !== 'integer' || value < 0) throw invalid(`The parameter ${name} is not a whole number of seconds.`);
  return value;
}

function algorithmOf({ parameters }: InnerList): string | undefined {
  const given = parameters.get('alg');
  if (given === undefined) return undefined;
  const taken: readonly unknown[] = Object.values(algorithms);
  if (given.kind === 'string' && taken.includes(given.value)) return String(given.value);
  throw invalid(`The algorithm ${given.text.slice(0, 40)} is not taken: use ${taken.join(' or ')}.`);
}

/** Several lines of a dictionary are one, as they are to the signature. */
function fieldText(headers: Headers, name: string): string {
  return (headers.get(name) ?? []).map((value) => value.trim()).join(', ');
}

interface Signed {
  base: Buffer;
  signature: Buffer;
  algorithm: string | undefined;
  publicKeyPem: string;
}

function verifies({ base, signature, algorithm, publicKeyPem }: Signed): boolean {
  const { kind, key, signatureBytes } = readPublicKey(publicKeyPem);
  if (algorithm !== undefined && algorithm !== algorithms[kind]) {
    throw invalid(`The signature names ${algorithm}, and its key is ${kind}.`);
  }
  return signature.length === signatureBytes && verify(kind === 'rsa' ? 'sha256' : null, base, key, signature);
}

function invalid(message: string): SignatureError {
  return new SignatureError('signature_invalid', message);
}
