import type { IncomingMessage } from 'node:http';
import { ASSERTION_HEADER, type AssertionVerifier, SERVICE_METHOD, serviceActorId } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';

/** Whether a request is one of web's own, made for a visitor whom it names in `X-Forwarded-For`. */
export interface WebCalls {
  /** Whether it says so. Most do not, and need not wait. */
  claimed(request: IncomingMessage): boolean;
  /** Whether it is true: the assertion is signed by web, for the gateway. Never rejects; what does not verify is ignored. */
  proven(request: IncomingMessage): Promise<boolean>;
}

const web = serviceActorId('web');
/** While the keys cannot be read, strangers with made-up assertions would have us ask for them, and log that, each time. */
const pauseMs = 1000;

/** @param o.now milliseconds that never go back */
export function createWebCalls({ verifier, now }: { verifier: AssertionVerifier; now: () => number }): WebCalls {
  let pausedUntil = -Infinity;
  return {
    claimed: (request) => request.headers[ASSERTION_HEADER] !== undefined,
    async proven(request) {
      const token = request.headers[ASSERTION_HEADER];
      if (typeof token !== 'string' || now() < pausedUntil) return false;
      try {
        const { actor, method } = await verifier.verify(token);
        return method === SERVICE_METHOD && actor.actor_id === web;
      } catch (error) {
        if (!(error instanceof AppError) || error.status >= 500) pausedUntil = now() + pauseMs;
        return false;
      }
    },
  };
}
