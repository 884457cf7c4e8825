import { createActor, emailTaken, handleTaken } from '../actors/create-actor.ts';
import { insertSession, recordLogin, type SignedIn } from '../sessions/start-session.ts';
import type { ClientInfo } from '../sessions/session.ts';
import type { InTransaction } from '../transaction.ts';
import type { PasswordHasher } from './password-hasher.ts';

export interface Registration {
  handle: string;
  password: string;
  email: string | null;
}

export interface RegisterDeps {
  accounts: { whatIsTaken(handle: string, email: string | null): Promise<'handle' | 'email' | null> };
  inTransaction: InTransaction;
  passwords: PasswordHasher;
  sessionTtlMs: number;
  refreshTtlMs: number;
  newActorId: () => string;
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
  const { handle, email } = input;
  // Asked again within the transaction; here it spares the hash.
  const taken = await deps.accounts.whatIsTaken(handle, email);
  if (taken === 'handle') throw handleTaken(handle);
  if (taken === 'email') throw emailTaken();
  const passwordHash = await deps.passwords.hash(input.password);
  const now = deps.now();
  const actorId = deps.newActorId();
  const signedIn = await deps.inTransaction(actorId, async (execute) => {
    const actor = { actorId, actorType: 'human', handle, email, method: 'password' } as const;
    const created = await createActor(execute, actor, { now, requestId, ip: client.ip });
    if (!created.created) throw handleTaken(handle);
    const { profile } = created;
    await execute(
      `INSERT INTO users (actor_id, username, password_hash, password_changed_at, last_login_at)
       VALUES ($1, $2, $3, $4::timestamptz, $4::timestamptz)`,
      [actorId, handle, passwordHash, now.toISOString()],
    );
    const { sessionTtlMs, refreshTtlMs } = deps;
    const session = { orgId: profile.personalOrgId, method: 'password', sessionTtlMs, refreshTtlMs } as const;
    const start = { ...session, profile, client, requestId, now };
    const started = await insertSession(execute, start);
    await recordLogin(execute, start, started);
    return started;
  });
  deps.onEvent();
  return signedIn;
}
