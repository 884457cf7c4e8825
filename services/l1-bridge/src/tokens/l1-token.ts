import { z } from 'zod';

/** The claims of a token for one L1 (art-dag-l2.md §9, step 2). */
export interface L1Token {
  jti: string;
  actorId: string;
  username: string;
  l1Server: string;
  l2Server: string;
  scopes: string[];
  /** Seconds. */
  issuedAt: number;
  expiresAt: number;
}

const text = z.string().min(1);

export const l1ClaimsSchema = z
  .object({
    token_use: z.literal('l1'),
    sub: text,
    username: text,
    actor_id: text,
    l1_server: text,
    l2_server: text,
    aud: text,
    scopes: z.array(z.string()),
    jti: text,
    iat: z.number(),
    exp: z.number(),
  })
  .refine(({ aud, l1_server: l1 }) => aud === l1)
  .transform((claims): L1Token => ({
    ...{ jti: claims.jti, actorId: claims.actor_id, username: claims.username },
    ...{ l1Server: claims.l1_server, l2Server: claims.l2_server, scopes: claims.scopes },
    ...{ issuedAt: claims.iat, expiresAt: claims.exp },
  }));

/** What every token of ours says, of whatever kind. */
export const anyClaimsSchema = z.looseObject({ sub: text, jti: text, iat: z.number(), exp: z.number() });
