import type { IncomingMessage, ServerResponse } from 'node:http';
import passport from 'passport';
import { Strategy } from 'passport-custom';
import type { Caller, Carrier } from './carrier.ts';

export interface Credentials {
  /** Whether the request carries anything to look at. Most do not, and Passport's way to find that out is long. */
  presented(request: IncomingMessage): boolean;
  /**
   * Who the request comes from; undefined for nobody in particular.
   * @throws AppError when a credential came that must not be ignored
   */
  resolve(request: IncomingMessage, response: ServerResponse): Promise<Caller | undefined>;
}

/** One Passport strategy per carrier, tried in the order given (credentials.md §1): the first present and good wins. */
export function createCredentials(carriers: readonly Carrier[]): Credentials {
  const authenticator = new passport.Passport();
  for (const carrier of carriers) authenticator.use(carrier.name, toStrategy(carrier));
  const names = carriers.map((carrier) => carrier.name);

  return {
    presented: (request) => carriers.some((carrier) => carrier.present(request)),
    resolve: (request, response) =>
      new Promise((resolve, reject) => {
        const settle = (error: unknown, caller?: Caller | false): void => {
          if (error) reject(error);
          else resolve(caller === false ? undefined : caller);
        };
        authenticator.authenticate(names, { session: false }, settle)(request, response, settle);
      }),
  };
}

/** In Passport's words: absent is a failure, after which the next strategy is tried; bad is an error, which ends it. */
function toStrategy(carrier: Carrier): passport.Strategy {
  return new Strategy((request, done) => {
    if (!carrier.present(request)) {
      done(null, false);
      return;
    }
    carrier.resolve(request).then(
      (caller) => done(null, caller ?? false),
      (error: unknown) => done(error),
    );
  });
}
