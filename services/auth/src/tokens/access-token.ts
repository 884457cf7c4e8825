import { z } from 'zod';
import type { AccessClaims } from './access-claims.ts';
import type { TokenCodec } from './token-codec.ts';

export type { AccessClaims } from './access-claims.ts';

/** What a good access token says, as far as auth itself needs it. */
export interface VerifiedAccess {
  sub: string;
  jti: string;
  sid: string;
  scopes: string[];
  org: string | null;
  /** Seconds since the epoch. */
  exp: number;
}

export interface AccessTokens {
  /**
   * @param ttlSeconds of `platform_token`; default an hour
   * @param notAfter the end of the session, at which the token's life is cut
   */
  mint(claims: AccessClaims, ttlSeconds?: number, notAfter?: Date): { token: string; expiresInSeconds: number };
  /** The claims of a token that is ours, meant for us and in time; null for any other. Revocation is asked elsewhere. */
  verify(token: string): Promise<VerifiedAccess | null>;
}

const payloadSchema = z.object({
  sub: z.string(),
  jti: z.string(),
  sid: z.string(),
  exp: z.number(),
  scopes: z.array(z.string()),
  org: z.string().nullable(),
});

export function createAccessTokens(o: { codec: TokenCodec; ttlSeconds: number }): AccessTokens {
  return {
    mint(claims, ttlSeconds = o.ttlSeconds, notAfter) {
      const { token, expiresInSeconds } = o.codec.mint('access', claims, { ttlSeconds, notAfter });
      return { token, expiresInSeconds };
    },
    async verify(token) {
      const payload = await o.codec.verify('access', token);
      return payload === null ? null : (payloadSchema.safeParse(payload).data ?? null);
    },
  };
}
