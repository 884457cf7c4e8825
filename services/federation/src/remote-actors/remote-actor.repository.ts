import type { PrismaClient, RemoteActor as Row } from '@artdag/database/federation';
import type { Execute } from '@artdag/messaging';
import type { RemoteActor } from './remote-actor.ts';

export interface KnownRemoteActor extends RemoteActor {
  fetchedAt: Date;
}

export interface RemoteActorRepository {
  /** Those with a key only. */
  findByKey(keyId: string): Promise<KnownRemoteActor | undefined>;
  /** Whether we have ever fetched this actor. */
  knows(apId: string): Promise<boolean>;
  save(actor: RemoteActor, fetchedAt: Date): Promise<void>;
  /** Remembers for the operator that an actor whom we know could not be fetched. */
  markFailed(apId: string, failedAt: Date): Promise<void>;
}

export function createRemoteActorRepository(prisma: Pick<PrismaClient, 'remoteActor'>): RemoteActorRepository {
  return {
    async findByKey(keyId) {
      const row = await prisma.remoteActor.findFirst({ where: { keyId, gone: false } });
      return row === null ? undefined : toKnown(row);
    },
    async knows(apId) {
      return (await prisma.remoteActor.count({ where: { apId } })) > 0;
    },
    async save(actor, fetchedAt) {
      const { apId, ...rest } = actor;
      const data = { ...rest, fetchedAt, failedAt: null, gone: false };
      await prisma.remoteActor.upsert({ where: { apId }, create: { apId, ...data }, update: data });
    },
    async markFailed(apId, failedAt) {
      await prisma.remoteActor.updateMany({ where: { apId }, data: { failedAt } });
    },
  };
}

function toKnown(row: Row): KnownRemoteActor | undefined {
  const { apId, keyId, publicKeyPem, inbox, sharedInbox, fetchedAt } = row;
  if (keyId === null || publicKeyPem === null || inbox === null || fetchedAt === null) return undefined;
  return { apId, keyId, publicKeyPem, inbox, sharedInbox, fetchedAt };
}

const MARK_GONE = `
UPDATE remote_actors SET gone = true, key_id = NULL, public_key_pem = NULL, inbox = NULL, shared_inbox = NULL WHERE ap_id = $1`;

/** Purges what we know of a remote actor and leaves a tombstone, in the caller's transaction. */
export async function markRemoteActorGone(execute: Execute, apId: string): Promise<void> {
  await execute(MARK_GONE, [apId]);
}
