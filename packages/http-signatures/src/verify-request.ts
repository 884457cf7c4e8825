import { parseSignature } from './draft-cavage/parse-signature.ts';
import { readCandidate } from './draft-cavage/read-candidate.ts';
import { readRawHeaders, singleHeader, type Headers } from './raw-headers.ts';
import { readCandidates } from './rfc9421/read-candidates.ts';
import { readInputs } from './rfc9421/read-inputs.ts';
import { SignatureError } from './signature-error.ts';
import type { Candidate, ReceivedRequest, VerifiedRequest, VerifyRequestOptions } from './types.ts';
import { verifyWithKey } from './verify-with-key.ts';

/**
 * Verifies who signed a request, by draft-cavage-http-signatures-12 or RFC 9421. All that can be checked without the key is checked before it is asked for.
 *
 * Covered must be, by the draft, `(request-target) host date`, and `digest` unless it is a GET or HEAD without a body; by the RFC, `@method`, the
 * target (`@target-uri`, or `@authority` with `@path` and, if there is one, `@query`), and `content-digest` likewise.
 * Throws SignatureError; whether the key's owner may do what the request asks is the caller's to check.
 */
export async function verifyRequest(o: VerifyRequestOptions): Promise<VerifiedRequest> {
  const headers = readRawHeaders(o.rawHeaders);
  return verifyWithKey(candidateFor(headers, o), o.key);
}

/** The keyIds of a request's signatures, with nothing verified: to turn a blocked host away before anything is fetched. Throws SignatureError. */
export function signatureKeyIds(o: Pick<ReceivedRequest, 'rawHeaders'>): string[] {
  const headers = readRawHeaders(o.rawHeaders);
  if (isRfc9421(headers)) return readInputs(headers).map(({ keyId }) => keyId);
  return [parseSignature(singleHeader(headers, 'signature')).keyId];
}

function candidateFor(headers: Headers, o: VerifyRequestOptions): Candidate {
  if (!isRfc9421(headers)) return readCandidate(singleHeader(headers, 'signature'), headers, o);
  const [first, ...others] = readCandidates(headers, o);
  const wanted = [first, ...others].find((candidate) => candidate !== undefined && o.prefers?.(candidate.keyId));
  const chosen = wanted ?? first;
  if (chosen === undefined) throw new SignatureError('signature_missing', 'The request is not signed.');
  return chosen;
}

/** Where the schemes part: RFC 9421 has a `Signature-Input` beside the `Signature`, draft-cavage has not. */
function isRfc9421(headers: Headers): boolean {
  if (!headers.has('signature')) {
    throw new SignatureError('signature_missing', 'The request has no Signature header.');
  }
  return headers.has('signature-input');
}
