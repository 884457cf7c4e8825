import type { Database, Prisma } from '@artdag/database/auth';
import { executeWithPrisma } from '@artdag/messaging';
import { identityOf, type ActorProfile } from '../actors/actor-profile.ts';
import { createActor, type Birth, type NewActor } from '../actors/create-actor.ts';
import { sessionRow, type NewSession } from '../sessions/session.ts';

export interface PasswordAccount {
  actorId: string;
  passwordHash: string | null;
}

export interface AccountRepository {
  whatIsTaken(handle: string, email: string | null): Promise<'handle' | 'email' | null>;
  /**
   * Makes the actor, its password and its first session in one transaction.
   *
   * @throws AppError as createActor does, with nothing stored
   */
  create(
    actor: NewActor,
    passwordHash: string,
    birth: Birth,
    sessionOf: (profile: ActorProfile) => NewSession,
  ): Promise<{ profile: ActorProfile; session: NewSession }>;
  findByHandle(handle: string): Promise<PasswordAccount | null>;
  findByEmail(email: string): Promise<PasswordAccount | null>;
  /** Stores a login's session. */
  recordLogin(profile: ActorProfile, session: NewSession): Promise<void>;
}

/** Prisma throughout: each of these follows an argon2id hash, which costs ten times as much. */
export function createAccountRepository(database: Database): AccountRepository {
  const { prisma } = database;
  const account = { user: { select: { actorId: true, passwordHash: true } } } as const;
  return {
    async whatIsTaken(handle, email) {
      if ((await prisma.actor.count({ where: { handle } })) > 0) return 'handle';
      if (email !== null && (await prisma.actor.count({ where: { email } })) > 0) return 'email';
      return null;
    },
    create: (actor, passwordHash, birth, sessionOf) =>
      database.asOwner({ system: true }, async (tx) => {
        const made = await createActor(executeWithPrisma(tx), actor, birth);
        if (!made.created) throw new Error('A registration without a reference found an actor.');
        const session = sessionOf(made.profile);
        await insertPassword(tx, made.profile, passwordHash, session);
        return { profile: made.profile, session };
      }),
    async findByHandle(handle) {
      return (await prisma.actor.findUnique({ where: { handle }, select: account }))?.user ?? null;
    },
    async findByEmail(email) {
      return (await prisma.actor.findUnique({ where: { email }, select: account }))?.user ?? null;
    },
    async recordLogin(profile, session) {
      await database.asOwner({ actorId: profile.actorId }, async (tx) => {
        await tx.session.create({ data: sessionRow(session, { ...identityOf(profile) }) });
        await tx.user.update({ where: { actorId: profile.actorId }, data: { lastLoginAt: session.createdAt } });
      });
    },
  };
}

async function insertPassword(
  tx: Prisma.TransactionClient,
  profile: ActorProfile,
  passwordHash: string,
  session: NewSession,
): Promise<void> {
  const { actorId, handle, createdAt } = profile;
  const user = { actorId, username: handle, passwordHash, passwordChangedAt: createdAt, lastLoginAt: createdAt };
  await tx.user.create({ data: user });
  await tx.session.create({ data: sessionRow(session, { ...identityOf(profile) }) });
}
