import type { Request, RequestHandler } from 'express';
import { type ActorIdentity, type Assertion, SERVICE_METHOD, serviceActorId } from './assertion.ts';
import { forbidden, unauthorized } from './refusals.ts';
import type { AssertionVerifier } from './verifier.ts';

declare global {
  namespace Express {
    interface Request {
      /** Who calls, once attachActor has verified it; absent for anonymous callers. */
      assertion?: Assertion;
      /** `assertion.actor`. */
      actor?: ActorIdentity;
    }
    interface Locals {
      assertion?: Assertion;
    }
  }
}

/** The header that carries the assertion between services. */
export const ASSERTION_HEADER = 'x-actor-assertion';

/**
 * Reads X-Actor-Assertion into `req.assertion`, `req.actor` and `res.locals.assertion`. Without one the caller is anonymous; one that
 * does not verify ends the request with 401 `invalid_assertion`.
 */
export function attachActor(verifier: AssertionVerifier): RequestHandler {
  return (req, res, next) => {
    const token = req.headers[ASSERTION_HEADER];
    if (token === undefined) return next();
    verifier.verify(Array.isArray(token) ? token.join(', ') : token).then((assertion) => {
      req.assertion = assertion;
      req.actor = assertion.actor;
      res.locals.assertion = assertion;
      next();
    }, next);
  };
}

/**
 * Lets people, agents and their programs through: 401 `unauthorized` for anonymous callers, 403 for a service that
 * speaks for itself, unless `services` is true.
 */
export function requireActor(o: { services?: boolean } = {}): RequestHandler {
  return (req, _res, next) => {
    const { method } = actorOf(req);
    next(method === SERVICE_METHOD && o.services !== true ? forbidden() : undefined);
  };
}

/** Says in a route table that a route serves anonymous callers too; the handler looks at `req.assertion`. */
export function optionalActor(): RequestHandler {
  return (_req, _res, next) => next();
}

/** Needs one of the roles: 401 for anonymous callers, 403 `forbidden` otherwise. */
export function requireRole(...roles: string[]): RequestHandler {
  return (req, _res, next) => {
    const { actor } = actorOf(req);
    next(roles.some((role) => actor.roles.includes(role)) ? undefined : forbidden());
  };
}

/** Whether somebody with the scopes `have` may do what `want` names: `read:*` covers `read:assets` and itself. */
export function scopeCovers(have: readonly string[], want: string): boolean {
  return have.some((scope) => scope === want || (scope.endsWith(':*') && want.startsWith(scope.slice(0, -1))));
}

/** Needs all of the scopes, `read:*` standing for every `read:…`: 401 for anonymous callers, 403 `insufficient_scope` otherwise. */
export function requireScope(...scopes: string[]): RequestHandler {
  return (req, _res, next) => {
    const assertion = actorOf(req);
    next(scopes.every((scope) => scopeCovers(assertion.scopes, scope)) ? undefined : forbidden('insufficient_scope'));
  };
}

/** Needs one of the named services, speaking for itself: 401 without an assertion, 403 for anybody else. */
export function requireService(...names: string[]): RequestHandler {
  const allowed = new Set(names.map(serviceActorId));
  return (req, _res, next) => {
    const { actor, method } = actorOf(req);
    next(method === SERVICE_METHOD && allowed.has(actor.actor_id) ? undefined : forbidden());
  };
}

/** The caller of a request that a require… middleware let through. Throws the 401 for an anonymous one. */
export function actorOf(req: Request): Assertion {
  if (req.assertion === undefined) throw unauthorized();
  return req.assertion;
}
