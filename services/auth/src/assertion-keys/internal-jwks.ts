import type { InternalJwk } from '@artdag/actor-context';
import type { AssertionKeyRepository } from './assertion-key.repository.ts';

export interface InternalJwksDeps {
  assertionKeys: AssertionKeyRepository;
  now: () => Date;
}

/** The assertion keys of all services, each with the service that registered it. */
export async function internalJwks(deps: InternalJwksDeps): Promise<InternalJwk[]> {
  const keys = await deps.assertionKeys.list(deps.now());
  return keys.map(({ kid, service, jwk, notAfter }) => ({ ...jwk, kid, service, not_after: notAfter.toISOString() }));
}
