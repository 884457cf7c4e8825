import { hash } from 'node:crypto';
import type { AppError } from '@artdag/service-kit';
import { type Caller, type CookieName, revocableIds } from './carrier.ts';
import type { Freshness } from './freshness.ts';
import type { Introspect, Opaque } from './introspection.ts';
import { createMemo } from './memo.ts';

export interface OpaqueSecretsOptions {
  introspect: Introspect;
  freshness: Freshness;
  now: () => Date;
  /** What auth is asked with. */
  question: (secret: string) => Opaque;
  /** Anything else is refused without asking. */
  shape: RegExp;
  /** The 401 for one that is not good. */
  refusal: (reason: string) => AppError;
  onInactive: () => void;
  /** The cookie that they come in. */
  cookie?: CookieName;
}

/** Secrets that come in one way and that only auth can look up. */
export interface OpaqueSecrets {
  /** @throws AppError 401 for one that is not good, 503 when auth does not say */
  resolve(secret: string): Caller | Promise<Caller>;
}

/** What auth said, and how much of what has changed since it may know. */
interface Answer {
  caller: Caller | undefined;
  askedAt: number;
}

/** How long an answer of auth is kept (credentials.md §1); a "no" shorter, as it protects nothing but auth's time. */
const goodMs = 60_000;
const badMs = 5_000;

/** By introspection (RFC 7662); concurrent questions about one secret are one question. */
export function createOpaqueSecrets(o: OpaqueSecretsOptions): OpaqueSecrets {
  const { freshness, now } = o;
  const known = createMemo<Answer>({ max: 20_000, now });
  const asking = new Map<string, Promise<Caller | undefined>>();

  async function ask(secret: string, digest: string): Promise<Caller | undefined> {
    const nowMs = now().getTime();
    const askedAt = freshness.moment();
    const answer = await o.introspect(o.question(secret));
    if (!answer) {
      known.set(digest, { caller: undefined, askedAt }, nowMs + badMs);
      return undefined;
    }
    const assertion = o.cookie === undefined ? answer.assertion : { ...answer.assertion, method: 'cookie' };
    const caller: Caller = {
      assertion,
      // The answer's own key: what the actor may do can have changed since the last one.
      cacheKey: `${digest}.${nowMs}.${askedAt}.${assertion.method}`,
      ids: revocableIds(assertion),
      ...(o.cookie === undefined ? {} : { cookie: o.cookie }),
    };
    known.set(digest, { caller, askedAt }, Math.min(nowMs + goodMs, answer.endsMs));
    return caller;
  }

  async function askOnce(secret: string, digest: string): Promise<Caller> {
    const question = asking.get(digest) ?? ask(secret, digest).finally(() => asking.delete(digest));
    asking.set(digest, question);
    return accepted(await question);
  }

  function accepted(caller: Caller | undefined): Caller {
    if (caller !== undefined) return caller;
    o.onInactive();
    throw o.refusal('unknown to auth');
  }

  return {
    resolve(secret) {
      if (!o.shape.test(secret)) throw o.refusal('of a foreign shape');
      const digest = hash('sha256', secret, 'base64url');
      const answer = known.get(digest);
      if (answer === undefined) return askOnce(secret, digest);
      const { caller, askedAt } = answer;
      if (caller && freshness.isStale(caller.assertion.actor.actor_id, askedAt)) return askOnce(secret, digest);
      return accepted(caller);
    },
  };
}
