import { verify } from 'node:crypto';
import { checkDigest } from '../body-digest.ts';
import { checkDate, checkLifetime } from '../freshness.ts';
import { singleHeader, type Headers } from '../raw-headers.ts';
import { readPublicKey, type PublicKey } from '../public-key.ts';
import { SignatureError } from '../signature-error.ts';
import type { Candidate, VerifyRequestOptions } from '../types.ts';
import { verifyByLibrary } from './library-key.ts';
import { parseSignature, type SignatureParameters } from './parse-signature.ts';
import { composeSigningString } from './signing-string.ts';

/**
 * Checks all of a draft-cavage signature that needs no key. Of the package `http-signature` only the last step is used, verifying
 * over a text that was composed here: its own parser takes far more than it should (README.md).
 */
export function readCandidate(header: string, headers: Headers, o: VerifyRequestOptions): Candidate {
  const parameters = parseSignature(header);
  const { covered, created, expires, keyId } = parameters;
  checkAlgorithm(parameters);
  checkCovered(parameters, requiredNames(o));
  const value = (name: string) => singleHeader(headers, name);
  checkAuthority(value('host'), o.authorities);
  checkDate(value('date'), o.now);
  checkLifetime(created, expires, o.now);
  if (covered.includes('digest')) checkDigest(value('digest'), o.body);
  const signingString = composeSigningString(covered, o, value, { created, expires });
  return { keyId, verifies: (publicKeyPem) => verifies(parameters, signingString, publicKeyPem) };
}

/** `hs2019`, or no algorithm, leave it to the key: an RSA key signs by rsa-sha256, as all the fediverse does, an Ed25519 key in its own way. */
function checkAlgorithm({ algorithm }: SignatureParameters): void {
  if (algorithm === undefined || algorithm === 'hs2019' || algorithm === 'rsa-sha256') return;
  throw invalid(`The algorithm ${algorithm.slice(0, 40)} is not taken: use rsa-sha256 or hs2019.`);
}

function requiredNames(o: VerifyRequestOptions): string[] {
  const bodiless = /^(get|head)$/i.test(o.method) && o.body.length === 0;
  return ['(request-target)', 'host', 'date', ...(bodiless ? [] : ['digest'])];
}

function checkCovered({ covered, created, expires }: SignatureParameters, required: readonly string[]): void {
  const missing = required.filter((name) => !covered.includes(name));
  if (missing.length > 0) throw invalid(`The signature does not cover ${missing.join(' ')}.`);
  if (covered.includes('(created)') && created === undefined)
    throw invalid('The signature covers (created) without the parameter.');
  if (covered.includes('(expires)') && expires === undefined)
    throw invalid('The signature covers (expires) without the parameter.');
}

function checkAuthority(host: string, authorities: readonly string[] | undefined): void {
  if (authorities === undefined || authorities.includes(host.toLowerCase())) return;
  throw invalid('The request was signed for another host.');
}

function verifies(parameters: SignatureParameters, signingString: string, publicKeyPem: string): boolean {
  const publicKey = readPublicKey(publicKeyPem);
  const { kind, key, signatureBytes } = publicKey;
  const bytes = Buffer.from(parameters.signature, 'base64');
  if (bytes.length !== signatureBytes) return false;
  if (kind === 'rsa') return verifiesRsa(parameters, signingString, publicKey);
  if (parameters.algorithm === 'rsa-sha256') throw invalid('The signature names rsa-sha256, and its key is Ed25519.');
  return verify(null, Buffer.from(signingString), key, bytes);
}

function verifiesRsa(
  { keyId, signature, covered }: SignatureParameters,
  signingString: string,
  publicKey: PublicKey,
): boolean {
  const parsed = {
    scheme: 'Signature',
    algorithm: 'RSA-SHA256',
    params: { keyId, signature, algorithm: 'rsa-sha256', headers: [...covered] },
    signingString,
  };
  try {
    return verifyByLibrary(parsed, publicKey);
  } catch {
    throw invalid('The key of the keyId cannot be used.');
  }
}

function invalid(message: string): SignatureError {
  return new SignatureError('signature_invalid', message);
}
