import type { IncomingMessage } from 'node:http';
import { type RevocationReader, RevocationUnavailable, type RevokedBy } from '@artdag/revocation';
import { AppError } from '@artdag/service-kit';
import passport from 'passport';
import { Strategy } from 'passport-custom';
import type { RateLimited } from '../limits/rate-limited.ts';
import type { Arrival, Caller, Carrier, CookieName } from './carrier.ts';

/** What became of a request's credentials. */
export interface Resolution {
  /** Undefined for nobody in particular. */
  caller: Caller | undefined;
  /** Why it cannot be known whether a credential counts, so that it does not: 503 for whatever needs one. */
  doubt: AppError | undefined;
  /** Those that do not count (any more). */
  badCookies: readonly CookieName[];
}

export interface Credentials {
  /**
   * Whether the request carries anything to look at. Most do not, and Passport's way to find that out is long.
   * @param byOwner the route's owner reads credentials itself, but for those that only the gateway can
   */
  presented(request: IncomingMessage, byOwner: boolean): boolean;
  /** @throws AppError when a credential came that must not be ignored */
  resolve(arrival: Arrival): Promise<Resolution>;
  /** Told of every refusal by a rate limit, so that whoever is refused again costs less. */
  limited(request: IncomingMessage, error: RateLimited): void;
}

export interface CredentialsOptions {
  /** In the order of credentials.md §1. */
  carriers: readonly Carrier[];
  revocations: Pick<RevocationReader, 'check'>;
  /** Told of every credential that was good until somebody took it back. */
  onRevoked: (by: RevokedBy) => void;
  /** Told of every credential: `ok`, or the code of its refusal. */
  onResult: (result: string, carrier: string) => void;
  /** Told of the use of what auth does not see itself. */
  onUsed: (id: string) => void;
}

/** Of requests without credentials. */
export const nobody: Resolution = { caller: undefined, doubt: undefined, badCookies: [] };

class Doubt {
  readonly error: AppError;

  constructor(error: AppError) {
    this.error = error;
  }
}

/** One Passport strategy per carrier, tried in the order given: the first present and good wins. */
export function createCredentials(o: CredentialsOptions): Credentials {
  const { carriers } = o;
  const authenticator = new passport.Passport();
  const badCookies = new WeakMap<IncomingMessage, CookieName[]>();
  const arrivals = new WeakMap<IncomingMessage, Arrival>();
  const notes: Notes = { badCookies, arrivals };
  for (const carrier of carriers) authenticator.use(carrier.name, toStrategy(carrier, o, notes));
  /** From each carrier on: those before it have been seen to be absent. */
  const names = carriers.map((_, from) => carriers.slice(from).map((carrier) => carrier.name));

  return {
    presented: (request, byOwner) =>
      byOwner
        ? carriers.find((carrier) => carrier.present(request))?.everywhere === true
        : carriers.some((carrier) => carrier.present(request)),
    limited: (request, error) => carriers.find((carrier) => carrier.present(request))?.limited?.(request, error),
    resolve: (arrival) =>
      new Promise((resolve, reject) => {
        const { request, response } = arrival;
        arrivals.set(request, arrival);
        const settle = (error: unknown, outcome?: Caller | Doubt | false): void => {
          if (error) reject(error);
          else
            resolve({
              caller: outcome instanceof Doubt || outcome === false ? undefined : outcome,
              doubt: outcome instanceof Doubt ? outcome.error : undefined,
              badCookies: badCookies.get(request) ?? nobody.badCookies,
            });
        };
        const first = carriers.findIndex((carrier) => carrier.present(request));
        authenticator.authenticate(names[first] ?? [], { session: false }, settle)(request, response, settle);
      }),
  };
}

/** What Passport, which hands on requests only, has no place for. */
interface Notes {
  badCookies: WeakMap<IncomingMessage, CookieName[]>;
  arrivals: WeakMap<IncomingMessage, Arrival>;
}

/** In Passport's words: absent or a bad cookie is a failure, after which the next one is tried; an error ends it. */
function toStrategy(carrier: Carrier, o: CredentialsOptions, { badCookies, arrivals }: Notes): passport.Strategy {
  return new Strategy((request, done) => {
    const arrival = arrivals.get(request);
    if (arrival === undefined || !carrier.present(request)) return done(null, false);
    judge(carrier, arrival, o).then(
      (caller) => {
        o.onResult('ok', carrier.name);
        if (caller.usedId !== undefined) o.onUsed(caller.usedId);
        done(null, caller);
      },
      (error: unknown) => {
        o.onResult(error instanceof AppError ? error.code : 'error', carrier.name);
        if (error instanceof AppError && isDoubt(carrier, error)) return done(null, new Doubt(error));
        if (carrier.cookie === undefined || !(error instanceof AppError) || error.status >= 500) return done(error);
        badCookies.set(request, [...(badCookies.get(request) ?? []), carrier.cookie]);
        done(null, false);
      },
    );
  });
}

/** The caller of a credential that is good and has not been taken back. */
async function judge(carrier: Carrier, arrival: Arrival, o: CredentialsOptions): Promise<Caller> {
  const found = carrier.resolve(arrival.request, arrival);
  const caller = found instanceof Promise ? await found : found;
  const revoked = await o.revocations.check(caller.ids);
  if (revoked === undefined) return caller;
  o.onRevoked(revoked.by);
  throw carrier.revoked();
}

/** A header that cannot be checked is an error for its sender; a browser did not choose to send its cookie. */
function isDoubt(carrier: Carrier, error: AppError): boolean {
  return error instanceof RevocationUnavailable || (carrier.cookie !== undefined && error.status === 503);
}
