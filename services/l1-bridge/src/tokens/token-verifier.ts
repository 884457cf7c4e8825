import { hash } from 'node:crypto';
import type { TokenKeys } from '@artdag/actor-context';
import jwt from 'jsonwebtoken';
import { BoundedMap } from '../bounded-map.ts';
import { anyClaimsSchema, l1ClaimsSchema, type L1Token } from './l1-token.ts';
import { invalidToken, tokenScopeMismatch } from './refusals.ts';

export interface TokenVerifierDeps {
  keys: TokenKeys;
  /** `iss` of every token of ours, and `aud` of those that are made for us: `ARTDAG_DOMAIN`. */
  issuer: string;
  now: () => Date;
}

export interface TokenVerifier {
  /**
   * At once for a token that was verified before. Whether it has been taken back is asked elsewhere.
   *
   * @throws AppError 401 `invalid_token`, 403 `token_scope_mismatch` for a good token that is for no L1, 503 while the keys cannot be read
   */
  verify(token: string): L1Token | Promise<L1Token>;
}

const algorithm = 'RS256';
const leewaySeconds = 30;
/** Ours have about one; nobody gets a signature check for an essay. */
const maxLength = 8192;
const maxRemembered = 50_000;
/** Kinds of ours that are for no L1, by `typ`. */
const otherKinds = new Map([
  ['at+jwt', 'access'],
  ['api+jwt', 'api'],
]);

/** No token pays a signature check twice; a key that is published no longer takes its tokens with it. */
export function createTokenVerifier({ keys, issuer, now }: TokenVerifierDeps): TokenVerifier {
  const verified = new BoundedMap<{ token: L1Token; kid: string }>({ max: maxRemembered });
  const nowSeconds = (): number => now().getTime() / 1000;

  async function check(text: string, digest: string): Promise<L1Token> {
    verified.delete(digest);
    const header = headerOf(text);
    const other = otherKinds.get(header?.typ ?? '');
    if (header === undefined || (header.typ !== 'l1+jwt' && other === undefined)) throw invalidToken('typ');
    if (typeof header.kid !== 'string' || header.kid === '' || header.crit !== undefined) throw invalidToken('header');
    const key = await keys.find(header.kid);
    if (key === undefined) throw invalidToken('unknown kid');
    if (header.alg !== key.algorithm) throw invalidToken('alg is not the key’s');
    const payload = signed(text, key.publicKey, other === undefined ? undefined : issuer);
    if (other !== undefined) throw anyClaimsSchema.safeParse(payload).success ? tokenScopeMismatch() : invalidToken('');
    const claims = l1ClaimsSchema.safeParse(payload);
    if (!claims.success || claims.data.issuedAt > nowSeconds() + leewaySeconds) throw invalidToken('claims');
    verified.set(digest, { token: claims.data, kid: header.kid });
    return claims.data;
  }

  function signed(text: string, publicKey: jwt.Secret | jwt.PublicKey, audience: string | undefined): unknown {
    try {
      return jwt.verify(text, publicKey, {
        ...{ algorithms: [algorithm], issuer, clockTolerance: leewaySeconds },
        ...(audience !== undefined && { audience }),
        clockTimestamp: Math.floor(nowSeconds()),
      });
    } catch (error) {
      throw invalidToken(error instanceof Error ? error.message : 'unreadable');
    }
  }

  return {
    verify(text) {
      if (text.length > maxLength) throw invalidToken('longer than any token of ours');
      const digest = hash('sha256', text, 'base64url');
      const known = verified.get(digest);
      const isGood = known !== undefined && keys.has(known.kid) && nowSeconds() < known.token.expiresAt + leewaySeconds;
      return isGood ? known.token : check(text, digest);
    },
  };
}

function headerOf(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    return undefined;
  }
}
