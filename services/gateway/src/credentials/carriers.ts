import type { AssertionSigner } from '@artdag/actor-context';
import { AppError, type Logger, type Metrics } from '@artdag/service-kit';
import type { Pool } from 'undici';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { AskService } from '../info/service-json.ts';
import { bearerCarrier } from './bearer.ts';
import type { Carrier } from './carrier.ts';
import { createIntrospection } from './introspection.ts';
import { createOpaqueTokens } from './opaque-token.ts';
import { apiKeyCarrier, otherSchemes } from './refused-carriers.ts';
import { createTokenKeys } from './token-keys.ts';

export interface CarriersDeps {
  config: Config;
  ask: AskService;
  auth: Pool;
  signer: AssertionSigner;
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
}

/** The carriers in the order of credentials.md §1. */
export function createCarriers({ config, ask, auth, signer, logger, metrics, now }: CarriersDeps): Carrier[] {
  const keys = createTokenKeys({ fetch: () => ask('auth', '/.well-known/jwks.json', z.unknown()), now, logger });
  const opaque = createOpaqueTokens({ introspect: createIntrospection(auth, signer), now });
  // auth issues for the platform's domain, to whoever serves it.
  const rules = { keys, issuer: config.domain, audience: config.domain, now };
  const counted = countResults(metrics);
  return [apiKeyCarrier, bearerCarrier(rules, opaque), otherSchemes(['bearer'])].map(counted);
}

/** `token_verify_total{result}`: ok, or the code of the refusal. */
function countResults(metrics: Metrics): (carrier: Carrier) => Carrier {
  const results = metrics.counter('token_verify_total', 'Credentials looked at, by result.', ['result']);
  return (carrier) => ({
    ...carrier,
    async resolve(request) {
      try {
        const caller = await carrier.resolve(request);
        results.inc({ result: caller ? 'ok' : 'ignored' });
        return caller;
      } catch (error) {
        results.inc({ result: error instanceof AppError ? error.code : 'error' });
        throw error;
      }
    },
  });
}
