import { newId } from '@artdag/service-kit';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { KeyRing } from './key-ring.ts';

/** What an access token says beyond `iss aud iat exp jti` (credentials.md §3). */
export interface AccessClaims {
  /** actor_id */
  sub: string;
  username: string;
  name: string;
  handle: string;
  sid: string;
  /** The active org. */
  org: string | null;
  /** The role in the active org. */
  role: string | null;
  roles: string[];
  /** Of the ActorIdentity that the gateway makes of the token. */
  microdao_ids: string[];
  scopes: string[];
}

export interface AccessTokens {
  /** @param ttlSeconds of `platform_token`; default an hour */
  mint(claims: AccessClaims, ttlSeconds?: number): { token: string; expiresInSeconds: number };
  /** The claims of a token that is ours, meant for us and in time; null for any other. Revocation is asked elsewhere. */
  verify(token: string): { sub: string; sid: string; jti: string; scopes: string[]; org: string | null } | null;
}

export interface AccessTokenOptions {
  ring: KeyRing;
  /** `iss` and `aud`: the platform's domain, `ARTDAG_DOMAIN`. */
  issuer: string;
  ttlSeconds: number;
  now: () => Date;
}

const headerType = 'at+jwt';
const leewaySeconds = 30;

const payloadSchema = z.object({
  sub: z.string(),
  sid: z.string(),
  jti: z.string(),
  exp: z.number(),
  token_use: z.literal('access'),
  scopes: z.array(z.string()),
  org: z.string().nullable(),
});

export function createAccessTokens(o: AccessTokenOptions): AccessTokens {
  const seconds = (): number => Math.floor(o.now().getTime() / 1000);
  return {
    mint(claims, ttlSeconds = o.ttlSeconds) {
      const { kid, privateKey } = o.ring.primary();
      const iat = seconds();
      const registered = { iss: o.issuer, aud: o.issuer, iat, exp: iat + ttlSeconds, jti: newId('tok') };
      const header = { alg: 'RS256', typ: headerType, kid } as const;
      const token = jwt.sign({ ...claims, ...registered, token_use: 'access' }, privateKey, {
        algorithm: 'RS256',
        header,
      });
      return { token, expiresInSeconds: ttlSeconds };
    },
    verify(token) {
      const kid = jwt.decode(token, { complete: true })?.header.kid;
      const key = typeof kid === 'string' ? o.ring.find(kid) : undefined;
      if (key === undefined) return null;
      try {
        const { header, payload } = jwt.verify(token, key.publicKey, {
          // Of our key record, not of the token's header.
          algorithms: ['RS256'],
          issuer: o.issuer,
          audience: o.issuer,
          clockTolerance: leewaySeconds,
          clockTimestamp: seconds(),
          complete: true,
        });
        return header.typ === headerType ? (payloadSchema.safeParse(payload).data ?? null) : null;
      } catch {
        return null;
      }
    },
  };
}
