import { type KeyObject, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { ASSERTION_ALGORITHM } from './assertion-token.ts';

/** A public assertion key as auth publishes it: a JWK with the service that registered it and its end. */
export interface InternalJwk {
  kty: string;
  kid: string;
  n: string;
  e: string;
  service: string;
  /** ISO time or unix seconds. */
  not_after: string | number;
}

export interface KeyRecord {
  kid: string;
  service: string;
  /** From this record, never from a token's header. */
  algorithm: typeof ASSERTION_ALGORITHM;
  key: KeyObject;
  notAfterMs: number;
}

const MIN_BITS = 2048;

const jwkSchema = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string().min(1),
  n: z.string(),
  e: z.string(),
  service: z.string().min(1),
  not_after: z.union([z.string(), z.number()]),
});

const keySetSchema = z.looseObject({ keys: z.array(z.unknown()) });

/** Reads `{ keys: [jwk…] }`. A key that is not a usable RSA key is left out; throws when the whole is not a key set. */
export function parseKeySet(body: unknown): Map<string, KeyRecord> {
  const records = keySetSchema.parse(body).keys.map(toRecord);
  return new Map(records.filter((record) => record !== undefined).map((record) => [record.kid, record]));
}

function toRecord(jwk: unknown): KeyRecord | undefined {
  const parsed = jwkSchema.safeParse(jwk);
  if (!parsed.success) return undefined;
  const { kty, kid, n, e, service, not_after } = parsed.data;
  const notAfterMs = typeof not_after === 'number' ? not_after * 1000 : Date.parse(not_after);
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < MIN_BITS || Number.isNaN(notAfterMs)) return undefined;
    return { kid, service, algorithm: ASSERTION_ALGORITHM, key, notAfterMs };
  } catch {
    return undefined;
  }
}
