import type { IncomingMessage } from 'node:http';
import { AppError } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';
import type { RateLimited } from '../limits/rate-limited.ts';

/**
 * Keys that sign at an address, and were told to wait: until then no body is read and no signature checked for them, which would cost as much as
 * what they are refused. Only a request that the key has really signed puts it here, only for a limit on all that its owner does, and only at
 * that address, so that nobody is kept out by another.
 */
export interface LimitedSigners {
  /** @throws AppError 429 `rate_limited` while this key has to wait at this address */
  check(signer: string): void;
  /** The request turned out to be signed by this key, whether the key still counts or not. */
  proven(request: IncomingMessage, signer: string): void;
  /** A request was refused by a rate limit. */
  refused(request: IncomingMessage, error: RateLimited): void;
}

const maxRemembered = 20_000;
/** Buckets of everything that somebody does; those of single routes keep nobody from the others. */
const general: ReadonlySet<string> = new Set(['actor', 'agent', 'anonymous']);

export function createLimitedSigners({ now }: { now: () => Date }): LimitedSigners {
  const signers = new WeakMap<IncomingMessage, string>();
  const waiting = new LRUCache<string, { error: RateLimited; untilMs: number }>({ max: maxRemembered });
  return {
    check(signer) {
      const known = waiting.get(signer);
      if (known === undefined) return;
      const seconds = Math.ceil((known.untilMs - now().getTime()) / 1000);
      if (seconds > 0) throw again(known.error, seconds);
      waiting.delete(signer);
    },
    proven: (request, signer) => void signers.set(request, signer),
    refused(request, error) {
      const signer = signers.get(request);
      const seconds = Number(error.headers['retry-after']);
      if (signer === undefined || !general.has(error.bucket) || !(seconds > 0)) return;
      waiting.set(signer, { error, untilMs: now().getTime() + seconds * 1000 });
    },
  };
}

function again(error: AppError, seconds: number): AppError {
  const wait = { 'retry-after': String(seconds), 'ratelimit-reset': String(seconds) };
  const message = `Too many requests; try again in ${seconds} s.`;
  return new AppError(error.code, error.status, message, { headers: { ...error.headers, ...wait } });
}
