import { userRegistered } from '@artdag/events';
import { newId, newSuffix } from '@artdag/service-kit';
import type { ActorProfile } from '../actors/actor-profile.ts';
import { newSession, type ClientInfo } from '../sessions/session.ts';
import type { SignedIn } from '../sessions/session-answer.ts';
import { emailTaken, handleTaken, type AccountRepository } from './account.repository.ts';
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
  const now = deps.now();
  const profile = newHuman(input, now);
  const { actorId, personalOrgId: orgId, handle: username } = profile;
  const session = newSession({ actorId, orgId, method: 'password', now, ttlMs: deps.sessionTtlMs, client });
  const event = userRegistered.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: actorId,
    subject_version: profile.version,
    actor_id: actorId,
    org_id: orgId,
    correlation_id: requestId,
    data: { actor_id: actorId, username, actor_type: 'human', display_name: profile.displayName, method: 'password' },
  });
  if (!(await accounts.create({ profile, passwordHash, session, event }))) {
    await refuseTaken(accounts, input);
    throw handleTaken(username);
  }
  deps.onEvent();
  return { profile, session };
}

async function refuseTaken(accounts: AccountRepository, input: Registration): Promise<void> {
  const taken = await accounts.whatIsTaken(input.handle, input.email);
  if (taken === 'handle') throw handleTaken(input.handle);
  if (taken === 'email') throw emailTaken();
}

function newHuman(input: Registration, now: Date): ActorProfile & { personalOrgId: string } {
  const orgId = newId('org');
  return {
    actorId: `user:${newSuffix()}`,
    actorType: 'human',
    handle: input.handle,
    displayName: input.handle,
    email: input.email,
    isSysadmin: false,
    status: 'active',
    version: 1,
    personalOrgId: orgId,
    memberships: [{ orgId, microdaoId: `microdao:${input.handle}`, role: 'owner' }],
    createdAt: now,
  };
}
