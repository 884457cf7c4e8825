import { emailTaken, handleTaken } from '../actors/create-actor.ts';
import { newSession, type ClientInfo } from '../sessions/session.ts';
import type { SignedIn } from '../sessions/session-answer.ts';
import type { AccountRepository } from './account.repository.ts';
import type { PasswordHasher } from './password-hasher.ts';

export interface Registration {
  handle: string;
  password: string;
  email: string | null;
}

export interface RegisterDeps {
  accounts: AccountRepository;
  passwords: PasswordHasher;
  sessionTtlMs: number;
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
}

/**
 * Makes a human with a password, a personal org that they own, and a first session, all in one transaction with
 * `user-registered`.
 *
 * @throws AppError 409 `handle_taken`, `email_taken`; 429 `busy`
 */
export async function register(
  deps: RegisterDeps,
  input: Registration,
  client: ClientInfo,
  requestId: string,
): Promise<SignedIn> {
  const { accounts } = deps;
  await refuseTaken(accounts, input);
  const passwordHash = await deps.passwords.hash(input.password);
  const signedIn = await accounts.create(
    { actorType: 'human', handle: input.handle, email: input.email, method: 'password' },
    passwordHash,
    { now: deps.now(), requestId, ip: client.ip },
    ({ actorId, personalOrgId: orgId }) =>
      newSession({ actorId, orgId, method: 'password', now: deps.now(), ttlMs: deps.sessionTtlMs, client }),
  );
  deps.onEvent();
  return signedIn;
}

async function refuseTaken(accounts: AccountRepository, input: Registration): Promise<void> {
  const taken = await accounts.whatIsTaken(input.handle, input.email);
  if (taken === 'handle') throw handleTaken(input.handle);
  if (taken === 'email') throw emailTaken();
}
