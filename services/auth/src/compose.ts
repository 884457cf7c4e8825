import { randomBytes } from 'node:crypto';
import type { Database } from '@artdag/database/auth';
import type { Metrics } from '@artdag/service-kit';
import { createAccountRepository } from './accounts/account.repository.ts';
import type { LoginOutcome } from './accounts/login.ts';
import { createPasswordHasher } from './accounts/password-hasher.ts';
import { createActorProfiles } from './actors/actor-profiles.ts';
import { createActorRepository } from './actors/actor.repository.ts';
import { createAssertionKeyRepository } from './assertion-keys/assertion-key.repository.ts';
import type { Config } from './config.ts';
import { createSessionEnds } from './sessions/session-ends.ts';
import { createSessionRepository } from './sessions/session.repository.ts';
import { createAccessTokens } from './tokens/access-token.ts';
import { createKeyRing } from './tokens/key-ring.ts';
import { createSigningKeyRepository } from './tokens/signing-key.repository.ts';

/** Everything of auth's own, from its repositories up. */
export function composeParts(config: Config, o: { database: Database; metrics: Metrics; now: () => Date }) {
  const { database, metrics, now } = o;
  const logins = metrics.counter('auth_logins_total', 'Password logins, by outcome.', ['method', 'outcome']);
  const hashes = metrics.counter('auth_password_hashes_total', 'argon2id hashes computed.');
  const jwtSecret = config.jwtSecret ?? randomBytes(32).toString('hex');
  const ring = createKeyRing({ repository: createSigningKeyRepository(database), jwtSecret, now });
  const sessions = createSessionRepository(database);
  return {
    ring,
    sessions,
    sessionEnds: createSessionEnds({ sessions, now }),
    assertionKeys: createAssertionKeyRepository(database),
    accounts: createAccountRepository(database),
    profiles: createActorProfiles({ repository: createActorRepository(database), now }),
    tokens: createAccessTokens({ ring, issuer: config.domain, ttlSeconds: config.accessTokenTtlSeconds, now }),
    passwords: createPasswordHasher({
      atOnce: config.passwordHashesAtOnce,
      maxWaiting: config.passwordHashesWaiting,
      onWork: () => hashes.inc(),
    }),
    onLogin: (outcome: LoginOutcome) => logins.inc({ method: 'password', outcome }),
  };
}
