import { readCandidate } from './draft-cavage/read-candidate.ts';
import { parseSignature } from './draft-cavage/parse-signature.ts';
import { readRawHeaders, singleHeader, type Headers } from './raw-headers.ts';
import { SignatureError } from './signature-error.ts';
import type { ReceivedRequest, VerifiedRequest, VerifyRequestOptions } from './types.ts';
import { verifyWithKey } from './verify-with-key.ts';

/**
 * Verifies who signed a request (draft-cavage-http-signatures-12). All that can be checked without the key is checked before it is asked for.
 * Covered must be `(request-target) host date`, and `digest` unless it is a GET or HEAD without a body.
 * Throws SignatureError; whether the key's owner may do what the request asks is the caller's to check.
 */
export async function verifyRequest(o: VerifyRequestOptions): Promise<VerifiedRequest> {
  const headers = readRawHeaders(o.rawHeaders);
  return verifyWithKey(readCandidate(signatureHeader(headers), headers, o), o.key);
}

/** The keyId of a request's signature, with nothing verified: to turn a blocked host away before anything is fetched. Throws SignatureError. */
export function signatureKeyId(o: Pick<ReceivedRequest, 'rawHeaders'>): string {
  return parseSignature(signatureHeader(readRawHeaders(o.rawHeaders))).keyId;
}

/** Where the schemes part: RFC 9421 has a `Signature-Input` beside the `Signature`, draft-cavage has not. */
function signatureHeader(headers: Headers): string {
  if (!headers.has('signature')) {
    throw new SignatureError('signature_missing', 'The request has no Signature header.');
  }
  if (headers.has('signature-input')) {
    throw new SignatureError(
      'signature_invalid',
      'RFC 9421 signatures are not taken: sign by draft-cavage, rsa-sha256.',
    );
  }
  return singleHeader(headers, 'signature');
}
