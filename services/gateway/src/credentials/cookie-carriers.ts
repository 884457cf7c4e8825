import type { IncomingMessage } from 'node:http';
import { cookieValues } from '@artdag/service-kit';
import type { Carrier, CookieName } from './carrier.ts';
import type { LocalTokens } from './local-tokens.ts';
import type { OpaqueSecrets } from './opaque-secrets.ts';
import { invalidToken } from './refusals.ts';

/** A browser's cookie (credentials.md §2): an opaque session token, or an access token. */
export function cookieCarrier(name: CookieName, values: OpaqueSecrets | LocalTokens): Carrier {
  return {
    name,
    cookie: name,
    present: (request) => request.headers.cookie?.includes(name) === true && cookieOf(request, name) !== undefined,
    resolve(request, arrival) {
      const value = cookieOf(request, name);
      // A sibling host can add one of the same name, and put it first.
      if (value === undefined || value === null) throw invalidToken('cookie came twice');
      return values.resolve(value, arrival);
    },
    revoked: () => invalidToken('revoked'),
  };
}

/** The value of a cookie; null when it came more than once, undefined when it did not. */
export function cookieOf(request: IncomingMessage, name: CookieName): string | null | undefined {
  const values = cookieValues(request.headers.cookie, name);
  return values.length > 1 ? null : values[0];
}
