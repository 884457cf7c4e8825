import type { AppError } from '@artdag/service-kit';
import { readAuthorization, schemeOf } from './authorization-header.ts';
import type { Caller, Carrier } from './carrier.ts';
import type { LocalTokens } from './local-tokens.ts';
import type { OpaqueSecrets } from './opaque-secrets.ts';
import { badCredential, invalidApiKey, invalidToken } from './refusals.ts';

/** Explicit headers. One that is not good fails the request: a credential is never silently ignored. */

/** `X-API-Key`. Node joins a header that came twice, and then it has no key's shape. */
export function apiKeyCarrier(keys: OpaqueSecrets): Carrier {
  return {
    name: 'api-key',
    present: (request) => request.headers['x-api-key'] !== undefined,
    resolve: (request) => keys.resolve(String(request.headers['x-api-key'])),
    revoked: () => invalidApiKey('revoked'),
  };
}

/** `Authorization: Bearer`: a JWT, or an opaque session token (it has no dots). */
export function bearerCarrier(tokens: LocalTokens, sessions: OpaqueSecrets): Carrier {
  return {
    name: 'bearer',
    present: (request) => schemeOf(request) === 'bearer',
    resolve(request, arrival): Caller | Promise<Caller> {
      const token = readAuthorization(request);
      if (token === '') throw invalidToken('empty bearer token');
      return token.includes('.') ? tokens.resolve(token, arrival) : sessions.resolve(token);
    },
    revoked: () => invalidToken('revoked'),
  };
}

/** Schemes of `Authorization` that no carrier before this one has taken (`Basic`, `DPoP`, …). */
export function otherSchemes(taken: readonly string[]): Carrier {
  return {
    name: 'other-scheme',
    present(request) {
      const scheme = schemeOf(request);
      return scheme !== undefined && !taken.includes(scheme);
    },
    resolve(request) {
      readAuthorization(request);
      throw unsupported();
    },
    revoked: unsupported,
  };
}

function unsupported(): AppError {
  return badCredential(
    'unsupported_authorization',
    'This Authorization scheme is not accepted. Use "Bearer" and a token from /auth/login, or "MSign".',
    'authorization scheme not accepted',
  );
}
