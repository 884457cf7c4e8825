import { randomBytes } from 'node:crypto';
import type { Database } from '@artdag/database/auth';
import type { KeyValueStore } from '@artdag/key-value';
import type { Logger, Metrics } from '@artdag/service-kit';
import { createAccountRepository } from './accounts/account.repository.ts';
import { composeAccounts } from './accounts/compose-accounts.ts';
import { createActorChanges } from './actors/actor-changes.ts';
import { createActorProfiles } from './actors/actor-profiles.ts';
import { createActorRepository } from './actors/actor.repository.ts';
import { createReplayGuard } from './admin/replay-guard.ts';
import { createApiKeyRepository } from './api-keys/api-key.repository.ts';
import { resolveApiKey } from './api-keys/resolve-api-key.ts';
import { createApiTokenRepository } from './api-tokens/api-token.repository.ts';
import { resolveApiToken } from './api-tokens/resolve-api-token.ts';
import { createAssertionKeyRepository } from './assertion-keys/assertion-key.repository.ts';
import type { Config } from './config.ts';
import { createUseRepository } from './introspection/use.repository.ts';
import { createL1TokenRepository } from './l1-tokens/l1-token.repository.ts';
import { createOrgRepository } from './orgs/org.repository.ts';
import { composeRevocation } from './revocation/compose.ts';
import { createRefreshRepository } from './refresh/refresh.repository.ts';
import { createSessionEnds } from './sessions/session-ends.ts';
import { createSessionRepository } from './sessions/session.repository.ts';
import { createAccessTokens } from './tokens/access-token.ts';
import { createKeyChanges } from './tokens/key-changes.ts';
import { createKeyRing } from './tokens/key-ring.ts';
import { createKeySeal } from './tokens/key-seal.ts';
import { createSigningKeyRepository } from './tokens/signing-key.repository.ts';
import { createTokenCodec } from './tokens/token-codec.ts';
import { createInTransaction } from './transaction.repository.ts';

/** Everything of auth's own, from its repositories up. */
export function composeParts(
  config: Config,
  o: { database: Database; store: KeyValueStore; logger: Logger; metrics: Metrics; now: () => Date },
) {
  const { database, store, logger, metrics, now } = o;
  const jwtSecret = config.jwtSecret ?? randomBytes(32).toString('hex');
  const signingKeys = createSigningKeyRepository(database);
  const keySeal = createKeySeal({ jwtSecret, formerJwtSecret: config.jwtSecretPrevious });
  const ring = createKeyRing({
    ...{ repository: signingKeys, seal: keySeal, givenKey: config.signingKey, logger, now },
    ...{ publishMs: config.keyPublishMs, reloadMs: config.keyRingReloadMs },
  });
  const keyChanges = createKeyChanges({ store, ring, logger });
  const codec = createTokenCodec({ ring, issuer: config.domain, now });
  const sessions = createSessionRepository(database);
  const actors = createActorRepository(database);
  const profiles = createActorProfiles({ repository: actors, now });
  const inTransaction = createInTransaction(database);
  const apiKeys = createApiKeyRepository(database);
  const apiTokens = createApiTokenRepository(database);
  const refreshTokens = createRefreshRepository(database);
  const revocation = composeRevocation({ database, store, logger, metrics, now });
  return {
    ring,
    signingKeys,
    keySeal,
    keyChanges,
    announceKeys: () => keyChanges.announce(),
    sessions,
    sessionEnds: createSessionEnds({ sessions, now }),
    assertionKeys: createAssertionKeyRepository(database),
    accounts: createAccountRepository(database),
    actors,
    profiles,
    changes: createActorChanges({ store, profiles, logger }),
    orgs: createOrgRepository(database),
    inTransaction,
    ...revocation,
    replays: createReplayGuard({ store, logger }),
    tokens: createAccessTokens({ codec, ttlSeconds: config.accessTokenTtlSeconds }),
    ...composeAccounts(config, { jwtSecret, store, logger, metrics, now }),
    uses: createUseRepository(database),
    codec,
    l1Tokens: createL1TokenRepository(database),
    apiKeys,
    apiTokens,
    refreshTokens,
    resolveApiKey: (key: string) => resolveApiKey({ apiKeys, profiles, now }, key),
    resolveApiToken: (token: string) => resolveApiToken({ apiTokens, codec, profiles, now }, token),
  };
}
