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
  /** Of an L1's token: whom it stands for, as its `sub` is a name, and at which L1. */
  actor_id?: string | undefined;
  l1_server?: string | undefined;
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

/**
 * What it was made for, it is addressed to (`aud`). It carries no roles and no organisation, whatever it says: an L1 records what its user has
 * made, and nothing else.
 */
const l1Claims = z
  .object({
    ...common,
    token_use: z.literal('l1'),
    username: z.string().min(1),
    actor_id: z.string().min(1),
    l1_server: z.url(),
    aud: z.string(),
  })
  .refine(({ aud, l1_server: l1Server }) => aud === l1Server, { path: ['aud'] })
  .transform((claims) => ({ ...claims, roles: [], microdao_ids: [], org: null }));

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
  ['l1+jwt', { claims: l1Claims, forUs: false, usedId: ({ jti }) => jti }],
] satisfies [string, TokenKind][]);

export function assertionOf(claims: TokenClaims, method: 'bearer' | 'cookie'): Assertion {
  const actorId = claims.actor_id ?? claims.sub;
  return {
    actor: {
      actor_id: actorId,
      actor_type: actorType(actorId),
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
    ...(claims.l1_server === undefined ? {} : { l1_server: claims.l1_server }),
  };
}

/** The prefix of an actor's id says what it is. */
function actorType(actorId: string): Assertion['actor']['actor_type'] {
  if (actorId.startsWith('agent:')) return 'agent';
  return actorId.startsWith('service:') ? 'service' : 'human';
}
