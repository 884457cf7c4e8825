import { newId } from '@artdag/service-kit';
import jwt from 'jsonwebtoken';
import type { KeyRing } from './key-ring.ts';
import { leewaySeconds, tokenKinds, type TokenKind } from './token-kinds.ts';

export interface MintedToken {
  token: string;
  jti: string;
  expiresAt: Date;
  expiresInSeconds: number;
}

/** What every token of ours says of itself. */
export interface RegisteredClaims {
  sub: string;
  jti: string;
  iat: number;
  exp: number;
}

/** JWTs of our key ring (credentials.md §3). Revocation is asked elsewhere. */
export interface TokenCodec {
  /**
   * @param o.notAfter the token's life is cut there, if it would be longer
   * @param o.audience for whom it is made, if not for us
   */
  mint(
    kind: TokenKind,
    claims: object,
    o: { ttlSeconds: number; notAfter?: Date | undefined; audience?: string },
  ): MintedToken;
  /** The payload of a token of that kind that is ours, meant for us and in time; null for any other. */
  verify(kind: TokenKind, token: string): Promise<(RegisteredClaims & Record<string, unknown>) | null>;
  /** By its header alone, which anybody can write. */
  kindOf(token: string): TokenKind | null;
}

export interface TokenCodecOptions {
  ring: Pick<KeyRing, 'primary' | 'find'>;
  /** `iss`, and `aud` but for L1s' tokens: the platform's domain, `ARTDAG_DOMAIN`. */
  issuer: string;
  now: () => Date;
}

/** Ours have some 1 to 4 KiB; a header takes no more than 16. */
const maxTokenChars = 16 * 1024;
/** Of our key record, never of the token's header. */
const algorithm = 'RS256';

export function createTokenCodec(o: TokenCodecOptions): TokenCodec {
  const seconds = (): number => Math.floor(o.now().getTime() / 1000);
  return {
    mint(kind, claims, { ttlSeconds, notAfter, audience = o.issuer }) {
      const { kid, privateKey } = o.ring.primary();
      const iat = seconds();
      const end = notAfter === undefined ? Infinity : Math.floor(notAfter.getTime() / 1000);
      const exp = Math.min(iat + Math.min(ttlSeconds, tokenKinds[kind].maxTtlSeconds), end);
      const jti = newId('tok');
      const payload = { ...claims, iss: o.issuer, aud: audience, iat, exp, jti, token_use: kind };
      const header = { alg: algorithm, typ: tokenKinds[kind].typ, kid } as const;
      const token = jwt.sign(payload, privateKey, { algorithm, header });
      return { token, jti, expiresAt: new Date(exp * 1000), expiresInSeconds: exp - iat };
    },
    async verify(kind, token) {
      const header = headerOf(token);
      if (header?.typ !== tokenKinds[kind].typ || typeof header.kid !== 'string') return null;
      // RFC 7515 §4.1.11: who does not understand an extension that is called critical refuses the token.
      if (header.alg !== algorithm || header['crit'] !== undefined) return null;
      const key = await o.ring.find(header.kid);
      if (key === undefined) return null;
      try {
        const payload = jwt.verify(token, key.publicKey, {
          algorithms: [algorithm],
          issuer: o.issuer,
          audience: o.issuer,
          clockTolerance: leewaySeconds,
          clockTimestamp: seconds(),
        });
        return typeof payload !== 'string' && isOfKind(payload, kind, seconds()) ? payload : null;
      } catch {
        return null;
      }
    },
    kindOf(token) {
      const typ = headerOf(token)?.typ;
      const kinds = Object.keys(tokenKinds) as TokenKind[];
      return kinds.find((kind) => tokenKinds[kind].typ === typ) ?? null;
    },
  };
}

type Header = jwt.JwtHeader & Record<string, unknown>;

function headerOf(token: string): Header | null {
  if (token.length > maxTokenChars) return null;
  try {
    return (jwt.decode(token, { complete: true })?.header as Header | undefined) ?? null;
  } catch {
    return null;
  }
}

function isOfKind(
  payload: jwt.JwtPayload,
  kind: TokenKind,
  now: number,
): payload is RegisteredClaims & Record<string, unknown> {
  const { sub, jti, iat, exp } = payload;
  if (typeof exp !== 'number' || typeof iat !== 'number' || iat > now + leewaySeconds) return false;
  return typeof sub === 'string' && typeof jti === 'string' && payload['token_use'] === kind;
}
