import { createPublicKey } from 'node:crypto';
import { AppError } from '@artdag/service-kit';
import { calculateJwkThumbprint } from 'jose';
import type { AssertionKey, AssertionKeyRepository, RsaJwk } from './assertion-key.repository.ts';

export interface RegisterAssertionKeyDeps {
  assertionKeys: AssertionKeyRepository;
  now: () => Date;
}

const lifeMs = 24 * 3600_000;
const rsaBits = { min: 2048, max: 8192 };

/**
 * Records the public half of a service's assertion key for a day, under the name that its service key has proven; the same
 * key again lives a day longer.
 *
 * @throws AppError 422 `invalid_key` when the key is not a fit RSA key or `kid` not its thumbprint (RFC 7638),
 *   409 `kid_taken` when another service has registered it
 */
export async function registerAssertionKey(
  deps: RegisterAssertionKeyDeps,
  service: string,
  input: { kid: string; jwk: RsaJwk },
): Promise<AssertionKey> {
  const { kty, n, e } = input.jwk;
  const jwk = { kty, n, e };
  if ((await calculateJwkThumbprint(jwk, 'sha256')) !== input.kid) {
    throw new AppError('invalid_key', 422, 'kid is not the RFC 7638 thumbprint of the key.');
  }
  const bits = modulusBits(jwk);
  if (bits < rsaBits.min || bits > rsaBits.max) {
    throw new AppError('invalid_key', 422, `The key has ${bits} bits; an RSA key of 2048 to 8192 bits is wanted.`);
  }
  const now = deps.now().getTime();
  const key = { kid: input.kid, service, jwk, notAfter: new Date(now + lifeMs) };
  if (!(await deps.assertionKeys.upsert(key))) {
    throw new AppError('kid_taken', 409, 'Another service has registered this key.');
  }
  await deps.assertionKeys.deleteEndedBefore(new Date(now - lifeMs));
  return key;
}

function modulusBits(jwk: RsaJwk): number {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return 0;
  }
}
