import { fulfillableRequest, type SignatureRequest, type SignatureScheme } from '@artdag/http-signatures';
import type { SafeFetchResponse } from '@artdag/safe-fetch';
import type { SchemeMemory } from './scheme-memory.ts';

/** How a request is to be signed: `wanted` is what its host asked a signature by RFC 9421 to be like. */
export interface Knock {
  scheme: SignatureScheme;
  wanted: SignatureRequest | undefined;
}

export interface Signed {
  headers: Record<string, string>;
  keyId: string;
}

export interface Knocking {
  /** With its port. */
  host: string;
  method: 'GET' | 'POST';
  sign: (knock: Knock) => Promise<Signed>;
  send: (headers: Record<string, string>) => Promise<SafeFetchResponse>;
}

export interface Answered {
  /** To the last knock. */
  answer: SafeFetchResponse;
  /** Of each knock, in order. */
  statuses: number[];
  keyIds: string[];
}

/** What servers answer to a signature that they cannot read or do not believe. Another scheme helps against nothing else. */
const SECOND_KNOCK = new Set([400, 401, 403]);

/**
 * Sends a request signed by the scheme that its host believed last, and once more by the other one when the answer is 400, 401 or 403; or by what
 * an `Accept-Signature` of that answer asks for beyond what was sent (RFC 9421 §5). The scheme that worked is remembered.
 * Rejects with what `sign` and `send` reject with.
 */
export async function knockTwice(schemes: SchemeMemory, o: Knocking): Promise<Answered> {
  const first: Knock = { scheme: await schemes.schemeFor(o.host), wanted: undefined };
  const signed = await o.sign(first);
  const answer = await o.send(signed.headers);
  const { status } = answer;
  if (!SECOND_KNOCK.has(status)) {
    // Who is asked for a document may not have looked at the signature at all.
    if (o.method === 'POST' && isSuccess(status)) await schemes.worked(o.host, first.scheme);
    return { answer, statuses: [status], keyIds: [signed.keyId] };
  }
  const second = otherKnock(first, signed, answer.headers['accept-signature']);
  const signedAgain = await o.sign(second);
  const lastAnswer = await o.send(signedAgain.headers);
  if (isSuccess(lastAnswer.status)) await schemes.worked(o.host, second.scheme);
  return { answer: lastAnswer, statuses: [status, lastAnswer.status], keyIds: [signed.keyId, signedAgain.keyId] };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function otherKnock({ scheme }: Knock, { headers, keyId }: Signed, acceptSignature: string | undefined): Knock {
  const names = Object.keys(headers).map((name) => (name === 'digest' ? 'content-digest' : name));
  const means = { keyId, algorithm: 'rsa-v1_5-sha256', headers: names };
  const wanted = acceptSignature === undefined ? undefined : fulfillableRequest(acceptSignature, means);
  if (scheme === 'draft-cavage') return { scheme: 'rfc9421', wanted };
  const isNews = wanted !== undefined && asksForMore(wanted, headers['signature-input'] ?? '');
  return isNews ? { scheme, wanted } : { scheme: 'draft-cavage', wanted: undefined };
}

/** A server that only repeats what it got will not take the same again. */
function asksForMore({ components, expires, nonce, tag }: SignatureRequest, sent: string): boolean {
  if (expires || nonce !== undefined || tag !== undefined) return true;
  return components.some((name) => !sent.includes(`"${name}"`));
}
