import { createTokenKeys, type AssertionSigner } from '@artdag/actor-context';
import type { KeyValueStore } from '@artdag/key-value';
import { createRevocationReader, type RevocationReader } from '@artdag/revocation';
import type { Logger, Metrics } from '@artdag/service-kit';
import type { Pool } from 'undici';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { AskService } from '../info/service-json.ts';
import { type AuthCalls, createAuthCalls } from './auth-calls.ts';
import type { Carrier } from './carrier.ts';
import { createCarriers } from './carriers.ts';
import { listenForChanges } from './changes.ts';
import { createFreshness } from './freshness.ts';
import { createIntrospection } from './introspection.ts';
import { createCredentials, type Credentials } from './resolver.ts';
import { createUsageReports } from './usage-reports.ts';

export interface CredentialsDeps {
  config: Config;
  ask: AskService;
  auth: Pool;
  msign: Carrier;
  signer: AssertionSigner;
  store: KeyValueStore;
  /** Instead of looking into the store. */
  revocations: RevocationReader | undefined;
  /** For what is asked of auth, if not the usual. */
  askTimeoutMs: number | undefined;
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
}

export interface OpenCredentials extends Credentials {
  /** Begins to listen for what changes. Never rejects: an answer of auth is kept for a minute at most anyway. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Everything that finds out who a request comes from. */
export function composeCredentials(deps: CredentialsDeps): OpenCredentials {
  const { ask, auth, askTimeoutMs, signer, store, logger, metrics, now } = deps;
  const calls: AuthCalls = createAuthCalls(auth, signer, askTimeoutMs);
  const freshness = createFreshness();
  const keys = createTokenKeys({ fetch: () => ask('auth', '/.well-known/jwks.json', z.unknown()), now, logger });
  const results = metrics.counter('token_verify_total', 'Credentials looked at, by result.', ['result']);
  const refused = metrics.counter('credentials_refused_total', 'Credentials taken back, by who said so.', ['by']);
  const onInactive = (): void => refused.inc({ by: 'introspection' });
  const introspect = createIntrospection(auth, signer, askTimeoutMs);
  const usage = createUsageReports({ send: calls.reportUsed, logger, now: () => now().getTime() });
  const ok = results.labels({ result: 'ok' });
  const signatures = metrics.counter('msign_verify_total', 'Signed requests looked at, by result.', ['result']);
  const goodSignatures = signatures.labels({ result: 'ok' });
  const credentials = createCredentials({
    carriers: createCarriers({ ...deps, keys, introspect, freshness, onInactive }),
    revocations:
      deps.revocations ??
      createRevocationReader({
        ...{ store, askTruth: calls.askTruth, logger },
        ...(askTimeoutMs !== undefined && { truthTimeoutMs: askTimeoutMs }),
      }),
    onRevoked: (by) => refused.inc({ by }),
    onResult(result, carrier) {
      const isSignature = carrier === deps.msign.name;
      if (result === 'ok') {
        ok.inc();
        if (isSignature) goodSignatures.inc();
      } else {
        results.inc({ result });
        if (isSignature) signatures.inc({ result });
      }
    },
    onUsed: usage.note,
  });
  let leave: (() => Promise<void>) | undefined;
  return {
    ...credentials,
    async open() {
      leave = await listenForChanges({ store, freshness, keys, logger });
    },
    async close() {
      await usage.stop();
      await leave?.();
    },
  };
}
