import type { IncomingMessage } from 'node:http';
import { AppError } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';

/**
 * Who signs at which address, and was told to wait: until then no body is read and no signature checked for them, which would cost as much as what
 * they are refused. Only a refusal that was earned puts anybody here, and only at their own address, so that nobody is kept out by another's.
 */
export interface LimitedSigners {
  /** @throws AppError 429 `rate_limited` while this handle has to wait at this address */
  check(request: IncomingMessage, handle: string, address: string): void;
  /** A request that was checked here was refused by a rate limit. */
  refused(request: IncomingMessage, error: AppError): void;
}

const maxRemembered = 20_000;

export function createLimitedSigners({ now }: { now: () => Date }): LimitedSigners {
  const names = new WeakMap<IncomingMessage, string>();
  const waiting = new LRUCache<string, { error: AppError; untilMs: number }>({ max: maxRemembered });
  return {
    check(request, handle, address) {
      const name = `${handle} ${address}`;
      names.set(request, name);
      const known = waiting.get(name);
      if (known === undefined) return;
      const seconds = Math.ceil((known.untilMs - now().getTime()) / 1000);
      if (seconds > 0) throw again(known.error, seconds);
      waiting.delete(name);
    },
    refused(request, error) {
      const name = names.get(request);
      const seconds = Number(error.headers['retry-after']);
      if (name === undefined || !(seconds > 0)) return;
      waiting.set(name, { error, untilMs: now().getTime() + seconds * 1000 });
    },
  };
}

function again(error: AppError, seconds: number): AppError {
  const wait = { 'retry-after': String(seconds), 'ratelimit-reset': String(seconds) };
  const message = `Too many requests; try again in ${seconds} s.`;
  return new AppError(error.code, error.status, message, { headers: { ...error.headers, ...wait } });
}
