import { hash } from 'node:crypto';
import type { AccessTokenRules, VerifiedToken } from './access-token.ts';
import { verifyAccessToken } from './access-token.ts';
import { readAuthorization, schemeOf } from './authorization-header.ts';
import type { Caller, Carrier } from './carrier.ts';
import { createMemo } from './memo.ts';
import type { OpaqueTokens } from './opaque-token.ts';
import { invalidToken } from './refusals.ts';

/** `Authorization: Bearer`: an access JWT, or an opaque session token (it has no dots). */
export function bearerCarrier(rules: AccessTokenRules, opaque: OpaqueTokens): Carrier {
  const verified = createMemo<VerifiedToken>({ max: 20_000, now: rules.now });

  /** No request pays a signature check twice; a key that is published no longer takes its tokens with it. */
  async function resolveJwt(token: string, digest: string): Promise<VerifiedToken> {
    const known = verified.get(digest);
    if (known && rules.keys.has(known.kid)) return known;
    verified.delete(digest);
    const fresh = await verifyAccessToken(token, rules);
    verified.set(digest, fresh, fresh.untilMs);
    return fresh;
  }

  return {
    name: 'bearer',
    present: (request) => schemeOf(request) === 'bearer',
    async resolve(request): Promise<Caller> {
      const token = readAuthorization(request);
      if (token === '') throw invalidToken('empty bearer token');
      const digest = hash('sha256', token, 'base64url');
      if (!token.includes('.')) return opaque.resolve(token, digest);
      const { assertion } = await resolveJwt(token, digest);
      return { assertion, cacheKey: digest };
    },
  };
}
