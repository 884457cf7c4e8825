import { type KeyObject, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Assertion } from './assertion.ts';

/** The JWT that carries an assertion: RS256, `typ: internal+jwt`, `iss: artdag:<service>`, `aud`: the target service. */
export const ASSERTION_TYPE = 'internal+jwt';
export const ASSERTION_ALGORITHM = 'RS256';
export const ASSERTION_TOKEN_USE = 'internal';
export const ASSERTION_SECONDS = 60;
export const LEEWAY_SECONDS = 30;

export function issuerOf(service: string): string {
  return `artdag:${service}`;
}

export interface SignTokenOptions {
  service: string;
  audience: string;
  kid: string;
  privateKey: KeyObject;
  now: Date;
}

export function signToken(assertion: Assertion, o: SignTokenOptions): string {
  const iat = Math.floor(o.now.getTime() / 1000);
  const payload = {
    iss: issuerOf(o.service),
    aud: o.audience,
    iat,
    exp: iat + ASSERTION_SECONDS,
    jti: randomUUID(),
    token_use: ASSERTION_TOKEN_USE,
    assertion,
  };
  const header = { alg: ASSERTION_ALGORITHM, typ: ASSERTION_TYPE, kid: o.kid };
  return jwt.sign(payload, o.privateKey, { algorithm: ASSERTION_ALGORITHM, header });
}
