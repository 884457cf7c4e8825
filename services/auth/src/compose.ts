import { randomBytes } from 'node:crypto';
import type { Database } from '@artdag/database/auth';
import type { KeyValueStore } from '@artdag/key-value';
import { executeWithPg } from '@artdag/messaging';
import { denyKey } from '@artdag/revocation';
import type { Logger, Metrics } from '@artdag/service-kit';
import { createAccountRepository } from './accounts/account.repository.ts';
import type { LoginOutcome } from './accounts/login.ts';
import { createPasswordHasher } from './accounts/password-hasher.ts';
import { createActorChanges } from './actors/actor-changes.ts';
import { createActorProfiles } from './actors/actor-profiles.ts';
import { createActorRepository } from './actors/actor.repository.ts';
import { createReplayGuard } from './admin/replay-guard.ts';
import { createAssertionKeyRepository } from './assertion-keys/assertion-key.repository.ts';
import type { Config } from './config.ts';
import { createOrgRepository } from './orgs/org.repository.ts';
import type { Revoker } from './revocation/revoker.ts';
import { createSessionEnds } from './sessions/session-ends.ts';
import { createSessionRepository } from './sessions/session.repository.ts';
import { createAccessTokens } from './tokens/access-token.ts';
import { createKeyRing } from './tokens/key-ring.ts';
import { createSigningKeyRepository } from './tokens/signing-key.repository.ts';
import type { InTransaction } from './transaction.ts';

/** Everything of auth's own, from its repositories up. */
export function composeParts(
  config: Config,
  o: { database: Database; store: KeyValueStore; logger: Logger; metrics: Metrics; now: () => Date },
) {
  const { database, store, logger, metrics, now } = o;
  const logins = metrics.counter('auth_logins_total', 'Password logins, by outcome.', ['method', 'outcome']);
  const hashes = metrics.counter('auth_password_hashes_total', 'argon2id hashes computed.');
  const jwtSecret = config.jwtSecret ?? randomBytes(32).toString('hex');
  const ring = createKeyRing({ repository: createSigningKeyRepository(database), jwtSecret, now });
  const sessions = createSessionRepository(database);
  const actors = createActorRepository(database);
  const profiles = createActorProfiles({ repository: actors, now });
  const inTransaction: InTransaction = (actorId, work) =>
    database.pgTransaction((client) => work(executeWithPg(client)), actorId === null ? undefined : { actorId });
  // Until src/revocation brings the real one.
  const revoker: Revoker = { enforce: () => Promise.resolve() };
  return {
    ring,
    sessions,
    sessionEnds: createSessionEnds({ sessions, now }),
    assertionKeys: createAssertionKeyRepository(database),
    accounts: createAccountRepository(database),
    actors,
    profiles,
    changes: createActorChanges({ store, profiles, logger }),
    orgs: createOrgRepository(database),
    inTransaction,
    revoker,
    // The database says so already; the store follows by itself if it is away now.
    liftDenial: (id: string) => store.delete(denyKey(id)).catch(() => undefined),
    replays: createReplayGuard({ store, logger }),
    tokens: createAccessTokens({ ring, issuer: config.domain, ttlSeconds: config.accessTokenTtlSeconds, now }),
    passwords: createPasswordHasher({
      atOnce: config.passwordHashesAtOnce,
      maxWaiting: config.passwordHashesWaiting,
      onWork: () => hashes.inc(),
    }),
    onLogin: (outcome: LoginOutcome) => logins.inc({ method: 'password', outcome }),
  };
}
