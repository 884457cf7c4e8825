import { readAuthorization, schemeOf } from './authorization-header.ts';
import type { Carrier } from './carrier.ts';
import { badCredential } from './refusals.ts';

/** Explicit headers that nothing here can make good. They fail the request: a credential is never silently ignored. */

/** No API key has been issued by anybody yet, so every one is unknown. */
export const apiKeyCarrier: Carrier = {
  name: 'api-key',
  present: (request) => request.headers['x-api-key'] !== undefined,
  resolve: async () => {
    throw badCredential(
      'invalid_api_key',
      'The API key is not known here. Send a Bearer token instead.',
      'unknown API key',
    );
  },
};

/** Schemes of `Authorization` that no carrier before this one has taken (`Basic`, `DPoP`, …). */
export function otherSchemes(taken: readonly string[]): Carrier {
  return {
    name: 'other-scheme',
    present(request) {
      const scheme = schemeOf(request);
      return scheme !== undefined && !taken.includes(scheme);
    },
    async resolve(request) {
      readAuthorization(request);
      throw badCredential(
        'unsupported_authorization',
        'This Authorization scheme is not accepted. Use "Bearer" and a token from /auth/login.',
        'authorization scheme not accepted',
      );
    },
  };
}
