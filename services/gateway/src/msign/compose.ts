import type { AssertionSigner } from '@artdag/actor-context';
import type { KeyValueStore } from '@artdag/key-value';
import { createFailureLimiter } from '@artdag/rate-limit';
import type { Logger } from '@artdag/service-kit';
import type { Pool } from 'undici';
import type { Config } from '../config.ts';
import type { Carrier } from '../credentials/carrier.ts';
import type { Visitors } from '../limits/visitors.ts';
import { createCallers } from './callers.ts';
import { createFailures } from './failures.ts';
import type { HeldBodies } from './held-bodies.ts';
import { createLimitedSigners } from './limited-signers.ts';
import { msignCarrier } from './msign-carrier.ts';
import { createMSignRefusals } from './refusals.ts';
import { createVerify } from './verify-call.ts';

export interface MSignDeps {
  config: Config;
  identity: Pool;
  signer: AssertionSigner;
  store: KeyValueStore;
  bodies: HeldBodies;
  visitors: Visitors;
  logger: Logger;
  /** For what is asked of identity, if not the usual. */
  askTimeoutMs: number | undefined;
  now: () => Date;
}

/** Everything that finds out who has signed a request. */
export function composeMSign({ config, identity, signer, store, logger, ...deps }: MSignDeps): Carrier {
  const { msignRealm, publicScheme, publicHosts } = config;
  return msignCarrier({
    ...deps,
    publicScheme,
    publicHosts,
    refusals: createMSignRefusals(msignRealm),
    failures: createFailures(
      createFailureLimiter({ store, logger, now: deps.now, keyPrefix: 'authfail:msign:' }),
      createFailureLimiter({ store, logger, now: deps.now }),
    ),
    limited: createLimitedSigners(deps),
    verify: createVerify(identity, signer, deps.askTimeoutMs),
    callerOf: createCallers(),
  });
}
