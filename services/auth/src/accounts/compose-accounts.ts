import type { KeyValueStore } from '@artdag/key-value';
import { createBackoff, createFailureLimiter } from '@artdag/rate-limit';
import { newSuffix, type Logger, type Metrics } from '@artdag/service-kit';
import type { Config } from '../config.ts';
import { createDeviceCookies } from '../cookies/device-cookie.ts';
import { createSessionCookies } from '../cookies/session-cookies.ts';
import type { LoginOutcome } from './login.ts';
import { mockActorIds } from './mock-users.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { createPasswordTries } from './password-tries.ts';

/** What signing in with a password needs, the database apart. */
export function composeAccounts(
  config: Config,
  o: { jwtSecret: string; store: KeyValueStore; logger: Logger; metrics: Metrics; now: () => Date },
) {
  const { jwtSecret, store, logger, metrics, now } = o;
  const logins = metrics.counter('auth_logins_total', 'Password logins, by outcome.', ['method', 'outcome']);
  const hashes = metrics.counter('auth_password_hashes_total', 'argon2id hashes computed.');
  return {
    passwords: createPasswordHasher({
      atOnce: config.passwordHashesAtOnce,
      maxWaiting: config.passwordHashesWaiting,
      onWork: () => hashes.inc(),
    }),
    passwordTries: createPasswordTries({
      failures: createFailureLimiter({ store, logger, now }),
      backoff: createBackoff({ store, logger, now }),
    }),
    cookies: createSessionCookies({ ...config, secure: config.secureCookies }),
    devices: createDeviceCookies({ jwtSecret, now }),
    mockActors: config.mockLogin ? mockActorIds : new Set<string>(),
    newActorId: () => `user:${newSuffix()}`,
    onLogin: (outcome: LoginOutcome) => logins.inc({ method: 'password', outcome }),
  };
}
