import type { PrismaClient } from '@artdag/database/federation';
import type { Execute } from '@artdag/messaging';
import type { AssertionKey } from './assertion-keys.ts';
import { documentUrl, keyPem, type RemoteActor } from './remote-actor.ts';

export interface KnownRemoteActor extends RemoteActor {
  fetchedAt: Date;
}

export interface RemoteActorRepository {
  /** Who has that key. With `fresh`, as the database has it at this moment. */
  findByKey(keyId: string, o?: { fresh: boolean }): Promise<KnownRemoteActor | undefined>;
  /** Whether we have ever fetched this actor. */
  knows(apId: string): Promise<boolean>;
  save(actor: RemoteActor, fetchedAt: Date): Promise<void>;
  /** Remembers for the operator that an actor whom we know could not be fetched. */
  markFailed(apId: string, failedAt: Date): Promise<void>;
}

const COLUMNS = 'ap_id, key_id, public_key_pem, assertion_keys, inbox, shared_inbox, fetched_at';

/* Its own key, or one of others that it has. By hand, as every busy sender is looked up every few seconds. */
const BY_KEY = `
SELECT ${COLUMNS} FROM remote_actors WHERE key_id = $1 AND NOT gone
UNION ALL SELECT ${COLUMNS} FROM remote_actors WHERE ap_id = $2 AND key_id <> $1 AND NOT gone`;

/** `execute` runs autocommit statements. */
export function createRemoteActorRepository(
  prisma: Pick<PrismaClient, 'remoteActor'>,
  execute: Execute,
): RemoteActorRepository {
  return {
    async findByKey(keyId) {
      const { rows } = await execute(BY_KEY, [keyId, documentUrl(keyId)]);
      const known = rows.flatMap((row) => toKnown(row) ?? []);
      return known.find((actor) => actor.keyId === keyId) ?? known.find((actor) => keyPem(actor, keyId) !== undefined);
    },
    async knows(apId) {
      return (await prisma.remoteActor.count({ where: { apId } })) > 0;
    },
    async save(actor, fetchedAt) {
      const { apId, assertionKeys, ...rest } = actor;
      const keys = assertionKeys.map((key) => ({ ...key }));
      const data = { ...rest, assertionKeys: keys, fetchedAt, failedAt: null, gone: false };
      await prisma.remoteActor.upsert({ where: { apId }, create: { apId, ...data }, update: data });
    },
    async markFailed(apId, failedAt) {
      await prisma.remoteActor.updateMany({ where: { apId }, data: { failedAt } });
    },
  };
}

function toKnown(row: Record<string, unknown>): KnownRemoteActor | undefined {
  const { key_id: keyId, public_key_pem: pem, inbox, fetched_at: fetchedAt } = row;
  if (keyId === null || pem === null || inbox === null || fetchedAt === null) return undefined;
  return { ...toRemoteActor(row), fetchedAt: fetchedAt as Date };
}

/** Of one that is there. Written by this repository only. */
function toRemoteActor(row: Record<string, unknown>): RemoteActor {
  return {
    apId: String(row['ap_id']),
    keyId: String(row['key_id']),
    publicKeyPem: String(row['public_key_pem']),
    assertionKeys: row['assertion_keys'] as AssertionKey[],
    inbox: String(row['inbox']),
    sharedInbox: row['shared_inbox'] as string | null,
  };
}

const HOLD = `
SELECT ap_id, key_id, public_key_pem, assertion_keys, inbox, shared_inbox, gone FROM remote_actors WHERE ap_id = $1 FOR SHARE`;

/** What we know of a remote actor, which does not change before the end of the caller's transaction; undefined when nothing is known. */
export async function findAndHold(execute: Execute, apId: string): Promise<RemoteActor | 'gone' | undefined> {
  const row = (await execute(HOLD, [apId])).rows[0];
  if (row === undefined) return undefined;
  if (row['gone'] === true) return 'gone';
  return toRemoteActor(row);
}

const MARK_GONE = `
UPDATE remote_actors SET gone = true, key_id = NULL, public_key_pem = NULL, assertion_keys = '[]', inbox = NULL, shared_inbox = NULL
WHERE ap_id = $1`;

/** Purges what we know of a remote actor and leaves a tombstone, in the caller's transaction. */
export async function markRemoteActorGone(execute: Execute, apId: string): Promise<void> {
  await execute(MARK_GONE, [apId]);
}
