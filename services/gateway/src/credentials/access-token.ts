import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Assertion } from '@artdag/actor-context';
import { badCredential, invalidToken } from './refusals.ts';
import type { TokenKeys } from './token-keys.ts';

export interface AccessTokenRules {
  keys: TokenKeys;
  issuer: string;
  audience: string;
  now: () => Date;
}

export interface VerifiedToken {
  assertion: Assertion;
  kid: string;
  /** Until when it counts, epoch milliseconds. */
  untilMs: number;
}

const leewaySeconds = 30;
/** Ours have about one; nobody gets a signature check for an essay. */
const maxLength = 8192;

const claimsSchema = z.object({
  sub: z.string().min(1),
  exp: z.number(),
  iat: z.number(),
  jti: z.string().min(1),
  token_use: z.literal('access'),
  username: z.string().nullish(),
  sid: z.string().nullish(),
  org: z.string().nullish(),
  roles: z.array(z.string()).default([]),
  scopes: z.array(z.string()).default([]),
  microdao_ids: z.array(z.string()).default([]),
});

/**
 * Verifies an access token (credentials.md §3, RFC 9068): our key by `kid`, RS256 whatever the header says, `typ`,
 * `token_use`, `iss`, `aud`, and an `exp` that is there.
 *
 * @throws AppError 401 `invalid_token`
 */
export async function verifyAccessToken(token: string, rules: AccessTokenRules): Promise<VerifiedToken> {
  if (token.length > maxLength) throw invalidToken('longer than any token of ours');
  const kid = readKid(token);
  const key = await rules.keys.find(kid);
  if (!key) throw invalidToken('unknown kid');
  const claims = readClaims(() =>
    jwt.verify(token, key, {
      algorithms: ['RS256'],
      issuer: rules.issuer,
      audience: rules.audience,
      clockTolerance: leewaySeconds,
      clockTimestamp: Math.floor(rules.now().getTime() / 1000),
    }),
  );
  if (claims.iat > rules.now().getTime() / 1000 + leewaySeconds) throw invalidToken('issued in the future');
  return { assertion: toAssertion(claims), kid, untilMs: (claims.exp + leewaySeconds) * 1000 };
}

/** The `kid` of a header that claims to be one of an access token. */
function readKid(token: string): string {
  const header = decodeHeader(token);
  if (header?.alg !== 'RS256') throw invalidToken('alg is not RS256');
  if (header.typ !== 'at+jwt') throw invalidToken('typ is not at+jwt');
  if (typeof header.kid !== 'string' || header.kid === '') throw invalidToken('no kid');
  return header.kid;
}

function decodeHeader(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    throw invalidToken('not a JWT');
  }
}

function readClaims(verify: () => unknown): z.output<typeof claimsSchema> {
  let payload: unknown;
  try {
    payload = verify();
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) {
      throw badCredential('invalid_token', 'The token has expired. Sign in again or refresh it.', 'expired');
    }
    // jsonwebtoken's messages name the check and the value that we expected, never the token.
    throw invalidToken(
      error instanceof jwt.JsonWebTokenError || error instanceof jwt.NotBeforeError ? error.message : 'unreadable',
    );
  }
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success)
    throw invalidToken(`claims: ${claims.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  return claims.data;
}

function toAssertion(claims: z.output<typeof claimsSchema>): Assertion {
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
    method: 'bearer',
    token_use: 'access',
  };
}

/** The prefix of an actor's id says what it is. */
function actorType(actorId: string): Assertion['actor']['actor_type'] {
  if (actorId.startsWith('agent:')) return 'agent';
  return actorId.startsWith('service:') ? 'service' : 'human';
}
