import { type KeyObject, createHash, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Assertion, InternalJwk } from '@artdag/actor-context';

/** A service's assertion key pair, as it would have registered it with auth. */
export interface TestKey {
  service: string;
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  jwk: InternalJwk;
}

const DAY_SECONDS = 86_400;
const keys = new Map<string, TestKey>();

/** The key of a service; the same for all kits of a process, made when first asked for. */
export function testKey(service: string): TestKey {
  const key = keys.get(service) ?? makeKey(service);
  keys.set(service, key);
  return key;
}

/** All keys made so far, as auth would publish them. */
export function testJwks(): InternalJwk[] {
  return [...keys.values()].map((key) => key.jwk);
}

export function makeKey(service: string): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' }) as { n: string; e: string };
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  const not_after = Math.floor(Date.now() / 1000) + DAY_SECONDS;
  return { service, kid, privateKey, publicKey, jwk: { kty: 'RSA', kid, n, e, service, not_after } };
}

export function headerOf(key: TestKey): Record<string, unknown> {
  return { alg: 'RS256', typ: 'internal+jwt', kid: key.kid };
}

export function payloadOf(key: TestKey, audience: string, assertion: Assertion, now: Date): Record<string, unknown> {
  const iat = Math.floor(now.getTime() / 1000);
  const claims = { iss: `artdag:${key.service}`, aud: audience, iat, exp: iat + 60, jti: randomUUID() };
  return { ...claims, token_use: 'internal', assertion };
}

/** A JWT of any header and payload, made by hand: a library would refuse to write the bad ones. */
export function writeJwt(header: Record<string, unknown>, payload: Record<string, unknown>, key: KeyObject): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${signatureOf(String(header['alg']), input, key)}`;
}

function signatureOf(algorithm: string, input: string, key: KeyObject): string {
  switch (algorithm) {
    case 'RS256':
      return sign('sha256', Buffer.from(input), key).toString('base64url');
    case 'RS512':
      return sign('sha512', Buffer.from(input), key).toString('base64url');
    case 'HS256': // the public key taken for a shared secret
      return createHmac('sha256', key.export({ format: 'pem', type: 'spki' }))
        .update(input)
        .digest('base64url');
    default: // none
      return '';
  }
}
