import type { TokenKey, TokenKeys } from '@artdag/actor-context';
import jwt from 'jsonwebtoken';
import { badCredential, invalidToken } from './refusals.ts';
import { type TokenClaims, type TokenKind, tokenKinds } from './token-kinds.ts';

export interface TokenRules {
  keys: TokenKeys;
  issuer: string;
  audience: string;
  now: () => Date;
}

export interface VerifiedToken {
  typ: string;
  kind: TokenKind;
  claims: TokenClaims;
  kid: string;
  /** Until when it counts, epoch milliseconds. */
  untilMs: number;
}

const leewaySeconds = 30;
/** Ours have about one; nobody gets a signature check for an essay. */
const maxLength = 8192;

/**
 * Verifies a JWT of ours, of whatever kind its `typ` says (credentials.md §3, RFC 9068): our key by `kid`, that key's
 * own algorithm whatever the header says, `token_use`, `iss`, `aud`, and an `exp` that is there.
 *
 * @param accepted the kinds that may come this way, by `typ`
 * @throws AppError 401 `invalid_token`
 */
export async function verifyToken(
  token: string,
  accepted: ReadonlySet<string>,
  rules: TokenRules,
): Promise<VerifiedToken> {
  if (token.length > maxLength) throw invalidToken('longer than any token of ours');
  const header = decodeHeader(token);
  const typ = header?.typ ?? '';
  const kind = accepted.has(typ) ? tokenKinds.get(typ) : undefined;
  if (!header || !kind) throw invalidToken('typ is none of those accepted here');
  if (typeof header.kid !== 'string' || header.kid === '') throw invalidToken('no kid');
  if (header.crit !== undefined) throw invalidToken('critical extensions');
  const key = await rules.keys.find(header.kid);
  if (!key) throw invalidToken('unknown kid');
  if (header.alg !== key.algorithm) throw invalidToken('alg is not the key’s');
  const claims = readClaims(kind, () => verifySignature(token, key, kind, rules));
  if (claims.iat > rules.now().getTime() / 1000 + leewaySeconds) throw invalidToken('issued in the future');
  return { typ, kind, claims, kid: header.kid, untilMs: (claims.exp + leewaySeconds) * 1000 };
}

function verifySignature(token: string, key: TokenKey, kind: TokenKind, rules: TokenRules): unknown {
  return jwt.verify(token, key.publicKey, {
    algorithms: [key.algorithm],
    issuer: rules.issuer,
    ...(kind.forUs ? { audience: rules.audience } : {}),
    clockTolerance: leewaySeconds,
    clockTimestamp: Math.floor(rules.now().getTime() / 1000),
  });
}

function decodeHeader(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    throw invalidToken('not a JWT');
  }
}

function readClaims(kind: TokenKind, verify: () => unknown): TokenClaims {
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
  const claims = kind.claims.safeParse(payload);
  if (!claims.success) {
    throw invalidToken(`claims: ${claims.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
  }
  return claims.data;
}
