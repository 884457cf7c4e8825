import type { Database } from '@artdag/database/auth';

export interface PasswordAccount {
  actorId: string;
  /** Null for those who sign in otherwise. */
  passwordHash: string | null;
}

export interface AccountRepository {
  whatIsTaken(handle: string, email: string | null): Promise<'handle' | 'email' | null>;
  findByHandle(handle: string): Promise<PasswordAccount | null>;
  findByEmail(email: string): Promise<PasswordAccount | null>;
  findById(actorId: string): Promise<PasswordAccount | null>;
}

/** Prisma throughout: each of these goes with an argon2id hash, which costs ten times as much. */
export function createAccountRepository({ prisma }: Database): AccountRepository {
  const account = { user: { select: { actorId: true, passwordHash: true } } } as const;
  const find = async (where: { handle: string } | { email: string } | { id: string }) =>
    (await prisma.actor.findUnique({ where, select: account }))?.user ?? null;
  return {
    async whatIsTaken(handle, email) {
      if ((await prisma.actor.count({ where: { handle } })) > 0) return 'handle';
      if (email !== null && (await prisma.actor.count({ where: { email } })) > 0) return 'email';
      return null;
    },
    findByHandle: (handle) => find({ handle }),
    findByEmail: (email) => find({ email }),
    findById: (id) => find({ id }),
  };
}
