import { createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '@artdag/service-kit';

const pattern = /^-----BEGIN (RSA )?PUBLIC KEY-----\r?\n[A-Za-z0-9+/=\r\n]+-----END \1?PUBLIC KEY-----$/;
const maxLength = 8192;

/**
 * A key that an L1's signatures may be verified with, as a PEM of SubjectPublicKeyInfo: RSA of 2048 to 8192 bits, or Ed25519.
 *
 * @throws AppError 422 `invalid_public_key`, also for a private key, which is nobody's to send
 */
export function verifyKey(text: string): { pem: string; kind: string } {
  const key = text.length > maxLength ? undefined : parse(text.trim());
  if (key === undefined)
    throw invalid('That is no public key in PEM; send the file that begins with BEGIN PUBLIC KEY.');
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'ed25519') return { pem, kind: 'ed25519' };
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType === 'rsa' && bits >= 2048 && bits <= 8192) return { pem, kind: `rsa-${bits}` };
  throw invalid('The key is neither RSA of 2048 to 8192 bits nor Ed25519.');
}

function parse(text: string): KeyObject | undefined {
  try {
    return pattern.test(text) ? createPublicKey(text) : undefined;
  } catch {
    return undefined;
  }
}

function invalid(message: string): AppError {
  return new AppError('invalid_public_key', 422, message);
}
