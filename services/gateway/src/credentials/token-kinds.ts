import { z } from 'zod';
import type { Assertion } from '@artdag/actor-context';

/** What is particular to one kind of JWT (credentials.md §3). What all have in common is in token-verifier.ts. */
export interface TokenKind {
  /** Reads the claims; `token_use` is one of them. */
  claims: z.ZodType<TokenClaims>;
  /** Whether `aud` must be us. An L1's token is made for the L1. */
  forUs: boolean;
  /** The id whose use auth is told of. */
  usedId: (claims: TokenClaims) => string;
}

export interface TokenClaims {
  token_use: string;
  sub: string;
  exp: number;
  iat: number;
  jti: string;
  username?: string | null | undefined;
  sid?: string | null | undefined;
  org?: string | null | undefined;
  roles: string[];
  scopes: string[];
  microdao_ids: string[];
}

const common = {
  sub: z.string().min(1),
  exp: z.number(),
  iat: z.number(),
  jti: z.string().min(1),
  username: z.string().nullish(),
  org: z.string().nullish(),
  roles: z.array(z.string()).default([]),
  scopes: z.array(z.string()).default([]),
  microdao_ids: z.array(z.string()).default([]),
};

/** The kinds by their header's `typ`, which is compared exactly. */
export const tokenKinds: ReadonlyMap<string, TokenKind> = new Map([
  [
    'at+jwt',
    {
      claims: z.object({ ...common, token_use: z.literal('access'), sid: z.string().min(1) }),
      forUs: true,
      usedId: ({ sid, jti }) => sid ?? jti,
    },
  ],
  ['api+jwt', { claims: z.object({ ...common, token_use: z.literal('api') }), forUs: true, usedId: ({ jti }) => jti }],
  ['l1+jwt', { claims: z.object({ ...common, token_use: z.literal('l1') }), forUs: false, usedId: ({ jti }) => jti }],
] satisfies [string, TokenKind][]);

export function assertionOf(claims: TokenClaims, method: 'bearer' | 'cookie'): Assertion {
  return {
    actor: {
      actor_id: claims.sub,
      actor_type: actorType(claims.sub),
      microdao_ids: claims.microdao_ids,
      roles: claims.roles,
    },
    username: claims.username ?? null,
    org_id: claims.org ?? null,
    scopes: claims.scopes,
    sid: claims.sid ?? null,
    jti: claims.jti,
    method,
    token_use: claims.token_use,
  };
}

/** The prefix of an actor's id says what it is. */
function actorType(actorId: string): Assertion['actor']['actor_type'] {
  if (actorId.startsWith('agent:')) return 'agent';
  return actorId.startsWith('service:') ? 'service' : 'human';
}
