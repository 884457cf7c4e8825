import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key of auth's ring, as its JWKS shows it. */
export interface RingKey {
  kid: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
  jwk: Record<string, unknown>;
}

export function makeRingKey(kid: string): RingKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    kid,
    publicKey,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
  };
}

/** `iss` of tokens made here. */
export const testIssuer = 'l2.example';

/** Claims of a good access token; override or, with undefined, leave out what a test is about. */
export function accessClaims(changes: Record<string, unknown> = {}, now = new Date()): Record<string, unknown> {
  const iat = Math.floor(now.getTime() / 1000);
  return {
    ...{ iss: testIssuer, aud: testIssuer, iat, exp: iat + 3600, jti: 'tok_01', token_use: 'access' },
    ...{ sub: 'user:alice', username: 'alice', name: 'Alice', handle: 'alice', sid: 'ses_01' },
    ...{ org: 'org_01', role: 'owner', roles: ['member'], scopes: ['assets:create'] },
    ...changes,
  };
}

/** A JWT of any header and payload, made by hand: a library would refuse to write the bad ones. */
export function writeJwt(header: Record<string, unknown>, claims: Record<string, unknown>, key: RingKey): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${signatureOf(header['alg'], input, key)}`;
}

function signatureOf(algorithm: unknown, input: string, key: RingKey): string {
  if (algorithm === 'RS256') return sign('sha256', Buffer.from(input), key.privateKey).toString('base64url');
  if (algorithm === 'RS512') return sign('sha512', Buffer.from(input), key.privateKey).toString('base64url');
  if (algorithm !== 'HS256') return '';
  const secret = key.publicKey.export({ format: 'pem', type: 'spki' });
  return createHmac('sha256', secret).update(input).digest('base64url');
}

/** A good access token, but for the changes. */
export function accessToken(
  key: RingKey,
  changes: { header?: Record<string, unknown>; claims?: Record<string, unknown> } = {},
): string {
  return writeJwt({ alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...changes.header }, accessClaims(changes.claims), key);
}

/** A good API token (`POST /v1/tokens`), but for the changes. */
export function apiToken(
  key: RingKey,
  changes: { header?: Record<string, unknown>; claims?: Record<string, unknown> } = {},
): string {
  const claims = { token_use: 'api', sid: undefined, jti: 'tok_api', ...changes.claims };
  return writeJwt({ alg: 'RS256', typ: 'api+jwt', kid: key.kid, ...changes.header }, accessClaims(claims), key);
}

/** A good token of an L1, but for the changes. */
export function l1Token(
  key: RingKey,
  changes: { header?: Record<string, unknown>; claims?: Record<string, unknown> } = {},
): string {
  const l1 = { token_use: 'l1', aud: 'https://l1.example', sub: 'alice', actor_id: 'user:alice', sid: undefined };
  const claims = { ...l1, jti: 'tok_l1', l2_server: testIssuer, l1_server: 'https://l1.example', ...changes.claims };
  return writeJwt({ alg: 'RS256', typ: 'l1+jwt', kid: key.kid, ...changes.header }, accessClaims(claims), key);
}
