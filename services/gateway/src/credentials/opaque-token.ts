import type { Caller } from './carrier.ts';
import type { Introspected } from './introspection.ts';
import { createMemo } from './memo.ts';
import { invalidToken } from './refusals.ts';

export interface OpaqueTokenDeps {
  /** Asks auth. Resolves to undefined when the token stands for nobody (any more). */
  introspect: (token: string) => Promise<Introspected | undefined>;
  now: () => Date;
}

export interface OpaqueTokens {
  /** @throws AppError 401 `invalid_token` */
  resolve(token: string, digest: string): Promise<Caller>;
}

/** How long an answer of auth is kept (credentials.md §1); a "no" shorter, as it protects nothing but auth's time. */
const goodMs = 60_000;
const badMs = 5_000;
const shape = /^[A-Za-z0-9_-]{20,256}$/;

/** Opaque session tokens by introspection (RFC 7662); concurrent questions about one token are one question. */
export function createOpaqueTokens({ introspect, now }: OpaqueTokenDeps): OpaqueTokens {
  const known = createMemo<Caller | null>({ max: 20_000, now });
  const asking = new Map<string, Promise<Caller | null>>();

  async function ask(token: string, digest: string): Promise<Caller | null> {
    const askedAt = now().getTime();
    const answer = await introspect(token);
    if (!answer) {
      known.set(digest, null, askedAt + badMs);
      return null;
    }
    // The answer's own key: what the actor may do can have changed since the last one.
    const caller = { assertion: answer.assertion, cacheKey: `${digest}.${askedAt}` };
    known.set(digest, caller, Math.min(askedAt + goodMs, answer.endsMs));
    return caller;
  }

  return {
    async resolve(token, digest) {
      if (!shape.test(token)) throw invalidToken('opaque token of a foreign shape');
      let answer = known.get(digest);
      if (answer === undefined) {
        const question = asking.get(digest) ?? ask(token, digest).finally(() => asking.delete(digest));
        asking.set(digest, question);
        answer = await question;
      }
      if (answer === null) throw invalidToken('opaque token that auth does not know');
      return answer;
    },
  };
}
