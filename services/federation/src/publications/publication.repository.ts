import type { Envelope } from '@artdag/events';
import type { Prisma, PrismaClient } from '@artdag/database/federation';
import type { Execute } from '@artdag/messaging';
import type { OutboxSource } from './outbox-page.ts';

const columns = { activityId: true, document: true } as const;
/** Nobody sees what still waits to be signed. */
const queuePlace = null;

export function createPublicationRepository(prisma: Pick<PrismaClient, 'publication'>): OutboxSource {
  const place = async (apActorId: string, activityId: string) =>
    prisma.publication.findFirst({
      where: { apActorId, activityId, queuePlace },
      select: { publishedAt: true, activityId: true },
    });

  const page = async (apActorId: string, take: number, direction: 'asc' | 'desc', from: string | undefined) => {
    const where: Prisma.PublicationWhereInput = { apActorId, queuePlace };
    if (from !== undefined) {
      const start = await place(apActorId, from);
      if (start === null) return [];
      const beyond = direction === 'desc' ? ('lt' as const) : ('gt' as const);
      where.OR = [
        { publishedAt: { [beyond]: start.publishedAt } },
        { publishedAt: start.publishedAt, activityId: { [beyond]: start.activityId } },
      ];
    }
    const orderBy = [{ publishedAt: direction }, { activityId: direction }];
    return prisma.publication.findMany({ where, orderBy, take, select: columns });
  };

  return {
    count: (apActorId) => prisma.publication.count({ where: { apActorId, queuePlace } }),
    older: (apActorId, limit, before) => page(apActorId, limit, 'desc', before),
    newer: async (apActorId, limit, after) => (await page(apActorId, limit, 'asc', after)).toReversed(),
  };
}

/*
 * What asset events write: statements of the consumer's transaction.
 */

/** Whose request it came of. */
export type Occasion = { [name in 'actor_id' | 'org_id' | 'correlation_id']?: Envelope[name] | undefined };

/** An activity of a local actor for its outbox and its followers. */
export interface NewPublication {
  /** UUID; what outbox pages go by. */
  activityId: string;
  apActorId: string;
  /** The object of ours that it shows, without a fragment; null for what shows none. */
  objectId: string | null;
  /** Followers get the actor's activities with the same one in the order in which they were published. */
  orderId: string;
  /** JSON text of the activity, without `signature`. */
  document: string;
  /** When it counts as published, ISO-8601. */
  publishedAt: string;
  occasion: Occasion;
}

const INSERT = `
INSERT INTO publications (activity_id, ap_actor_id, object_id, order_id, document, published_at, occasion, queue_place)
VALUES ($1::uuid, $2, $3, $4, $5, $6, $7::jsonb, nextval('publication_places'))
ON CONFLICT (activity_id) DO NOTHING`;

/** Answers false when it is there already. */
export async function insertPublication(execute: Execute, p: NewPublication): Promise<boolean> {
  const { activityId, apActorId, objectId, orderId, document, publishedAt, occasion } = p;
  const params = [activityId, apActorId, objectId, orderId, document, publishedAt, JSON.stringify(occasion)];
  return (await execute(INSERT, params)).rowCount > 0;
}

const OVERWRITE = `
UPDATE publications p SET document = t.document, erased_at = $3, queue_place = NULL, occasion = NULL
FROM unnest($1::uuid[], $2::text[]) AS t(activity_id, document) WHERE p.activity_id = t.activity_id`;

/** Puts tombstones, as JSON text by activity id, in the place of publications, of those that still wait to be signed too. */
export async function overwritePublications(
  execute: Execute,
  tombstones: ReadonlyMap<string, string>,
  now: Date,
): Promise<void> {
  await execute(OVERWRITE, [[...tombstones.keys()], [...tombstones.values()], now]);
}

const REMOVE_SOME = `
DELETE FROM publications WHERE activity_id IN (
  SELECT activity_id FROM publications WHERE ap_actor_id = $1 ORDER BY published_at, activity_id LIMIT $2)
RETURNING object_id`;

/** Removes up to `limit` of an actor's; answers how many, and of what objects. */
export async function removePublications(
  execute: Execute,
  apActorId: string,
  limit: number,
): Promise<{ removed: number; objectIds: string[] }> {
  const { rows, rowCount } = await execute(REMOVE_SOME, [apActorId, limit]);
  const objectIds = rows.flatMap(({ object_id: id }) => (typeof id === 'string' ? [id] : []));
  return { removed: rowCount, objectIds: [...new Set(objectIds)] };
}

export async function removePublication(execute: Execute, activityId: string): Promise<void> {
  await execute('DELETE FROM publications WHERE activity_id = $1::uuid', [activityId]);
}

const FIRST_VERSION = 'INSERT INTO claim_versions (subject, version) VALUES ($1, 1) ON CONFLICT (subject) DO NOTHING';
const NEXT_VERSION = 'UPDATE claim_versions SET version = $2 WHERE subject = $1 AND version = $2::int - 1';
const VERSION = 'SELECT version FROM claim_versions WHERE subject = $1';

/**
 * Takes the turn of one version of an asset. `next`: all earlier ones were published, and this one is now too, if the transaction
 * commits. `past`: it was published before. `early`: an earlier one has not come yet.
 */
export async function takeVersion(
  execute: Execute,
  subject: string,
  version: number,
): Promise<'next' | 'past' | 'early'> {
  const step = version === 1 ? execute(FIRST_VERSION, [subject]) : execute(NEXT_VERSION, [subject, version]);
  if ((await step).rowCount === 1) return 'next';
  const { rows } = await execute(VERSION, [subject]);
  return Number(rows[0]?.['version'] ?? 0) >= version ? 'past' : 'early';
}

const PLACE = `
UPDATE claim_versions SET placed_at = greatest($2::timestamptz, placed_at + interval '1 millisecond') WHERE subject = $1
RETURNING placed_at::text`;

/**
 * When an asset's next claim counts as published: when it says, but always after the asset's one before, which may have been signed in
 * the same second or by a clock that was ahead. The asset has had a version by now.
 */
export async function placeAfterLast(execute: Execute, subject: string, published: string): Promise<string> {
  const { rows } = await execute(PLACE, [subject, published]);
  return String(rows[0]?.['placed_at']);
}

const LAST_VERSION = `
INSERT INTO claim_versions AS v (subject, version) VALUES ($1, $2)
ON CONFLICT (subject) DO UPDATE SET version = greatest(v.version, excluded.version)`;

/** From here on no version up to this one has its turn, whether or not it had come. */
export async function passVersions(execute: Execute, subject: string, version: number): Promise<void> {
  await execute(LAST_VERSION, [subject, version]);
}
