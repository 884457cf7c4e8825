import type { Database, Prisma } from '@artdag/database/auth';
import type { Envelope } from '@artdag/events';
import { appendEvent, executeWithPrisma } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { identityOf, type ActorProfile } from '../actors/actor-profile.ts';
import { sessionRow, type NewSession } from '../sessions/session.ts';

/** A new human account: everything that its one transaction stores. */
export interface NewAccount {
  profile: ActorProfile & { personalOrgId: string };
  passwordHash: string;
  session: NewSession;
  event: Envelope;
}

export interface PasswordAccount {
  actorId: string;
  passwordHash: string | null;
}

export interface AccountRepository {
  whatIsTaken(handle: string, email: string | null): Promise<'handle' | 'email' | null>;
  /** False, with nothing stored, when handle or e-mail were taken by somebody who came first. */
  create(account: NewAccount): Promise<boolean>;
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
    create: (account) => database.asOwner({ system: true }, (tx) => insertAccount(tx, account)),
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

async function insertAccount(tx: Prisma.TransactionClient, account: NewAccount): Promise<boolean> {
  const { profile, session, passwordHash } = account;
  const { actorId, handle, displayName, email, personalOrgId: orgId, createdAt } = profile;
  const actor = {
    id: actorId,
    actorType: profile.actorType,
    handle,
    displayName,
    email,
    personalOrgId: orgId,
    createdAt,
  };
  // ON CONFLICT DO NOTHING: of two at once one inserts and the other sees zero rows, with no error to be told apart.
  const actors = await tx.actor.createMany({ data: [actor], skipDuplicates: true });
  if (actors.count === 0) return false;
  const user = { actorId, username: handle, passwordHash, passwordChangedAt: createdAt, lastLoginAt: createdAt };
  await tx.user.create({ data: user });
  const org = { id: orgId, publicId: `microdao:${handle}`, name: displayName, kind: 'personal' };
  const orgs = await tx.org.createMany({ data: [org], skipDuplicates: true });
  // Thrown, so that the actor is rolled back.
  if (orgs.count === 0) throw handleTaken(handle);
  await tx.membership.create({ data: { actorId, orgId, role: 'owner', joinedAt: createdAt } });
  await tx.session.create({ data: sessionRow(session, { ...identityOf(profile) }) });
  await appendEvent(executeWithPrisma(tx), account.event);
  return true;
}

export function handleTaken(handle: string): AppError {
  return new AppError('handle_taken', 409, `The name ${handle} is taken; choose another one.`);
}

export function emailTaken(): AppError {
  return new AppError('email_taken', 409, 'There is an account with this e-mail address already; log in instead.');
}
