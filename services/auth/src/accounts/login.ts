import { WWW_AUTHENTICATE } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { newSession, type ClientInfo } from '../sessions/session.ts';
import type { SignedIn } from '../sessions/session-answer.ts';
import type { AccountRepository, PasswordAccount } from './account.repository.ts';
import { isHandle } from './handle.ts';
import type { PasswordHasher } from './password-hasher.ts';

export type LoginOutcome = 'ok' | 'invalid_credentials' | 'account_disabled';

export interface LoginDeps {
  accounts: AccountRepository;
  profiles: ActorProfiles;
  passwords: PasswordHasher;
  sessionTtlMs: number;
  now: () => Date;
  onLogin: (outcome: LoginOutcome) => void;
}

/**
 * Password login by handle or e-mail address. Somebody unknown costs the same work and gets the same answer as a wrong
 * password; that an account is disabled is told to those who know its password.
 *
 * @throws AppError 401 `invalid_credentials`, 403 `account_disabled`, 429 `busy`
 */
export async function login(
  deps: LoginDeps,
  input: { login: string; password: string },
  client: ClientInfo,
): Promise<SignedIn> {
  const account = await findAccount(deps.accounts, input.login.toLowerCase());
  const right = await deps.passwords.verify(account?.passwordHash ?? null, input.password);
  const profile = account !== null && right ? await deps.profiles.fresh(account.actorId) : null;
  if (profile === null || profile.status === 'deleted') {
    deps.onLogin('invalid_credentials');
    throw new AppError('invalid_credentials', 401, 'Invalid credentials', {
      headers: { 'www-authenticate': WWW_AUTHENTICATE },
    });
  }
  if (profile.status === 'disabled') {
    deps.onLogin('account_disabled');
    throw new AppError('account_disabled', 403, 'Account is disabled');
  }
  const { actorId, personalOrgId: orgId } = profile;
  const session = newSession({ actorId, orgId, method: 'password', now: deps.now(), ttlMs: deps.sessionTtlMs, client });
  await deps.accounts.recordLogin(profile, session);
  deps.onLogin('ok');
  return { profile, session };
}

/** What is neither handle nor address is nobody's, and the database need not see it (it has no NUL, for one). */
async function findAccount(accounts: AccountRepository, name: string): Promise<PasswordAccount | null> {
  if (isHandle(name)) return await accounts.findByHandle(name);
  const isAddress = /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(name);
  return isAddress ? await accounts.findByEmail(name) : null;
}
