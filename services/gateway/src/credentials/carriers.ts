import type { TokenKeys } from '@artdag/actor-context';
import type { Logger } from '@artdag/service-kit';
import type { Config } from '../config.ts';
import type { Carrier } from './carrier.ts';
import { cookieCarrier } from './cookie-carriers.ts';
import type { Freshness } from './freshness.ts';
import { apiKeyCarrier, bearerCarrier, otherSchemes } from './header-carriers.ts';
import type { Introspect } from './introspection.ts';
import { createLocalTokens } from './local-tokens.ts';
import { createOpaqueSecrets } from './opaque-secrets.ts';
import { invalidApiKey, invalidToken } from './refusals.ts';

export interface CarriersDeps {
  config: Config;
  keys: TokenKeys;
  introspect: Introspect;
  freshness: Freshness;
  /** Told of every opaque secret that auth says is not good (any more). */
  onInactive: () => void;
  /** `Authorization: MSign`. */
  msign: Carrier;
  logger: Logger;
  now: () => Date;
}

const sessionShape = /^[A-Za-z0-9_-]{20,256}$/;
const apiKeyShape = /^dk_[A-Za-z0-9_-]{43}$/;
const everyKind = new Set(['at+jwt', 'api+jwt', 'l1+jwt']);
const accessOnly = new Set(['at+jwt']);

/** The carriers in the order of credentials.md §1. */
export function createCarriers(deps: CarriersDeps): Carrier[] {
  const { config, keys, now } = deps;
  // auth issues for the platform's domain, to whoever serves it.
  const rules = { keys, issuer: config.domain, audience: config.domain, now };
  const session = {
    ...deps,
    question: (token: string) => ({ token }),
    shape: sessionShape,
    refusal: invalidToken,
  };
  const apiKeys = createOpaqueSecrets({
    ...deps,
    question: (secret) => ({ api_key: secret }),
    shape: apiKeyShape,
    refusal: invalidApiKey,
  });
  return [
    apiKeyCarrier(apiKeys),
    bearerCarrier(createLocalTokens({ rules, accepted: everyKind }), createOpaqueSecrets(session)),
    deps.msign,
    otherSchemes(['bearer', 'msign']),
    cookieCarrier('session_token', createOpaqueSecrets({ ...session, cookie: 'session_token' })),
    cookieCarrier('platform_token', createLocalTokens({ rules, accepted: accessOnly, cookie: 'platform_token' })),
  ];
}
