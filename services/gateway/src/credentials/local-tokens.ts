import { hash } from 'node:crypto';
import { type Arrival, type Caller, type CookieName, revocableIds } from './carrier.ts';
import { createMemo } from './memo.ts';
import { l1TokenNotAccepted } from './refusals.ts';
import { assertionOf } from './token-kinds.ts';
import { type TokenRules, type VerifiedToken, verifyToken } from './token-verifier.ts';

export interface LocalTokensOptions {
  rules: TokenRules;
  /** The kinds that may come this way, by `typ`. */
  accepted: ReadonlySet<string>;
  /** The cookie that they come in; undefined: `Authorization: Bearer`. */
  cookie?: CookieName;
}

/** JWTs that come in one way, verified by the key set. */
export interface LocalTokens {
  /**
   * @param arrival says whether its route takes tokens of L1s
   * @throws AppError 401 `invalid_token`, 403 `l1_token_not_accepted`, 503 while the keys cannot be read
   */
  resolve(token: string, arrival: Pick<Arrival, 'l1Tokens'>): Caller | Promise<Caller>;
}

/** No request pays a signature check twice; a key that is published no longer takes its tokens with it. */
export function createLocalTokens(o: LocalTokensOptions): LocalTokens {
  const { rules, accepted } = o;
  const verified = createMemo<{ caller: Caller; kid: string }>({ max: 20_000, now: rules.now });

  async function verify(token: string, digest: string, l1Tokens: boolean): Promise<Caller> {
    verified.delete(digest);
    const fresh = await verifyToken(token, accepted, rules);
    const caller = toCaller(fresh, digest, o.cookie);
    verified.set(digest, { caller, kid: fresh.kid }, fresh.untilMs);
    return accept(caller, l1Tokens);
  }

  return {
    resolve(token, { l1Tokens }) {
      const digest = hash('sha256', token, 'base64url');
      const known = verified.get(digest);
      return known && rules.keys.has(known.kid) ? accept(known.caller, l1Tokens) : verify(token, digest, l1Tokens);
    },
  };
}

/** A token of an L1 counts on its routes only, however often it was verified on them. */
function accept(caller: Caller, l1Tokens: boolean): Caller {
  if (caller.assertion.l1_server !== undefined && !l1Tokens) throw l1TokenNotAccepted();
  return caller;
}

function toCaller({ kind, claims }: VerifiedToken, digest: string, cookie: CookieName | undefined): Caller {
  const method = cookie === undefined ? 'bearer' : 'cookie';
  const assertion = assertionOf(claims, method);
  return {
    assertion,
    cacheKey: `${method}.${digest}`,
    ids: revocableIds(assertion),
    usedId: kind.usedId(claims),
    ...(cookie === undefined ? {} : { cookie }),
  };
}
