import { WWW_AUTHENTICATE } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import { activeOrg } from '../actors/active-org.ts';
import type { ActorProfiles } from '../actors/actor-profiles.ts';
import { endSession, type EndSessionDeps } from '../sessions/end-session.ts';
import type { ClientInfo } from '../sessions/session.ts';
import type { SignedIn, StartSession } from '../sessions/start-session.ts';
import { isProgramHandle } from './handle.ts';
import { provePassword, type ProvePasswordDeps } from './prove-password.ts';
import { startProvenSession } from './proven-session.ts';
import type { Device } from '../cookies/device-cookie.ts';

export type LoginOutcome = 'ok' | 'invalid_credentials' | 'account_disabled';

export interface LoginDeps extends ProvePasswordDeps, EndSessionDeps {
  accounts: PasswordAccounts;
  profiles: Pick<ActorProfiles, 'fresh'>;
  sessionTtlMs: number;
  refreshTtlMs: number;
  /** Actors that need no password: the mock users, where there are any. */
  mockActors: ReadonlySet<string>;
  onLogin: (outcome: LoginOutcome) => void;
}

interface PasswordAccounts {
  findByHandle(handle: string): Promise<PasswordAccount | null>;
  findByEmail(email: string): Promise<PasswordAccount | null>;
}

interface PasswordAccount {
  actorId: string;
  passwordHash: string | null;
}

export interface Login {
  login: string;
  password: string;
  client: ClientInfo;
  device: Device | null;
  /** The session that the browser has still; a login gives it up, so that nobody can have chosen it. */
  presented: { actorId: string; sessionId: string } | null;
  requestId: string;
}

/**
 * Password login by handle or e-mail address. Somebody unknown costs the same work and gets the same answer as a wrong
 * password; that an account is disabled is told to those who know its password.
 *
 * @throws AppError 401 `invalid_credentials`, 403 `account_disabled`, 429 `busy`, `too_many_failures`, `too_many_attempts`
 */
export async function login(deps: LoginDeps, input: Login): Promise<SignedIn> {
  const name = input.login.toLowerCase();
  const account = await findAccount(deps.accounts, name);
  const isMock = account !== null && deps.mockActors.has(account.actorId);
  const guess = { ip: input.client.ip, actorId: account?.actorId ?? null, login: name, device: input.device };
  const isProven = isMock || (await provePassword(deps, guess, account?.passwordHash ?? null, input.password));
  // A second factor, once there are any, is asked for here: the password is proven and nothing is given yet.
  const profile = account !== null && isProven ? await deps.profiles.fresh(account.actorId) : null;
  if (account === null || profile === null) throw refuse(deps, 'invalid_credentials');
  const session: StartSession = {
    ...{ profile, orgId: activeOrg(profile, profile.personalOrgId), method: isMock ? 'mock' : 'password' },
    ...{ client: input.client, requestId: input.requestId, now: deps.now() },
    ...{ sessionTtlMs: deps.sessionTtlMs, refreshTtlMs: deps.refreshTtlMs },
  };
  const started = await startProvenSession(deps, session, account.passwordHash);
  if (started === 'disabled') throw refuse(deps, 'account_disabled');
  // Deleted, or the password was changed while this one was being checked.
  if (typeof started === 'string') throw refuse(deps, 'invalid_credentials');
  deps.onLogin('ok');
  deps.onEvent();
  const { presented } = input;
  if (presented !== null) {
    const { actorId, sessionId } = presented;
    // Somebody else's ends as if they had logged out: it was their browser, and nobody may stay in at L1s in their name.
    const reason = actorId === account.actorId ? 'replaced' : 'logout';
    const by = { actorId, ip: input.client.ip, requestId: input.requestId };
    await endSession(deps, { actorId, which: { only: sessionId }, reason, by });
  }
  return started;
}

function refuse(deps: LoginDeps, outcome: 'invalid_credentials' | 'account_disabled'): AppError {
  deps.onLogin(outcome);
  if (outcome === 'account_disabled') return new AppError('account_disabled', 403, 'Account is disabled');
  return new AppError('invalid_credentials', 401, 'Invalid credentials', {
    headers: { 'www-authenticate': WWW_AUTHENTICATE },
  });
}

/** What is neither handle nor address is nobody's, and the database need not see it (it has no NUL, for one). */
async function findAccount(accounts: PasswordAccounts, name: string): Promise<PasswordAccount | null> {
  if (isProgramHandle(name)) return await accounts.findByHandle(name);
  const isAddress = /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(name);
  return isAddress ? await accounts.findByEmail(name) : null;
}
