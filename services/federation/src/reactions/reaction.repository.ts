import type { Execute } from '@artdag/messaging';
import type { UrlSource } from '../http/url-collection.ts';
import type { Published } from './published-url.ts';

export type ReactionKind = 'like' | 'share' | 'reply';

/** What others did about an object of ours, by kind: likes and shares by their activity, replies by the note. */
export function createReactionRepository(execute: Execute, kind: ReactionKind): UrlSource {
  const shown = kind === 'reply' ? 'note_id' : 'activity_id';
  return {
    async count(objectId) {
      const count = 'SELECT count(*)::int AS n FROM reactions WHERE object_id = $1 AND kind = $2';
      return Number((await execute(count, [objectId, kind])).rows[0]?.['n']);
    },
    async page(objectId, { limit, offset }) {
      const page = `
        SELECT ${shown} AS url FROM reactions WHERE object_id = $1 AND kind = $2
        ORDER BY created_at DESC, ap_actor DESC, note_id DESC LIMIT $3 OFFSET $4`;
      return (await execute(page, [objectId, kind, limit, offset])).rows.map(({ url }) => String(url));
    },
  };
}

/** Whether there is an object of that URL: `erased` when nothing of it is left to be shown. */
export async function findObject(execute: Execute, objectId: string): Promise<'shown' | 'erased' | undefined> {
  const find = 'SELECT bool_and(erased_at IS NOT NULL) AS erased FROM publications WHERE object_id = $1';
  const erased = (await execute(find, [objectId])).rows[0]?.['erased'];
  if (typeof erased !== 'boolean') return undefined;
  return erased ? 'erased' : 'shown';
}

/*
 * Statements of other people's transactions.
 */

/* Held, so that what erases it waits, and then finds what was written about it. */
const HOLD = (column: string) => `
SELECT object_id FROM publications WHERE ${column} AND object_id IS NOT NULL AND erased_at IS NULL LIMIT 1 FOR SHARE`;

/** The object that was published under that URL, or in that activity; undefined for what was not, or is erased. */
export async function holdObject(execute: Execute, published: Published): Promise<string | undefined> {
  const [where, value] =
    'objectId' in published ? ['object_id = $1', published.objectId] : ['activity_id = $1::uuid', published.activityId];
  return (await execute(HOLD(where), [value])).rows.map((row) => String(row['object_id']))[0];
}

export interface Reaction {
  objectId: string;
  kind: ReactionKind;
  actor: string;
  /** A reply's; empty for others, of which an actor has one each. */
  noteId: string;
  activityId: string;
  now: Date;
}

const ADD = `
INSERT INTO reactions (object_id, kind, ap_actor, note_id, activity_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING`;

/** Answers whether this is news. */
export async function addReaction(execute: Execute, r: Reaction): Promise<boolean> {
  const params = [r.objectId, r.kind, r.actor, r.noteId, r.activityId, r.now];
  return (await execute(ADD, params)).rowCount > 0;
}

async function remove(execute: Execute, where: string, params: readonly unknown[]): Promise<number> {
  return (await execute(`DELETE FROM reactions WHERE ${where}`, params)).rowCount;
}

/** By the activity, or the note, that is undone or deleted; it must be this actor's. */
export function removeReaction(execute: Execute, actor: string, id: string): Promise<number> {
  return remove(execute, 'ap_actor = $1 AND (activity_id = $2 OR note_id = $2)', [actor, id]);
}

/** An actor's like or share of an object, whatever activity said it. */
export function removeReactionTo(
  execute: Execute,
  { actor, kind, objectId }: Pick<Reaction, 'actor' | 'objectId' | 'kind'>,
): Promise<number> {
  return remove(execute, `ap_actor = $1 AND kind = $2 AND object_id = $3`, [actor, kind, objectId]);
}

/** All of an actor who is no more. */
export async function removeReactionsBy(execute: Execute, actor: string): Promise<void> {
  await remove(execute, 'ap_actor = $1', [actor]);
}

const FORGET = `
object_id = ANY($1::text[]) AND NOT EXISTS (
  SELECT 1 FROM publications p WHERE p.object_id = reactions.object_id AND p.erased_at IS NULL)`;

/** Of those objects of which nothing is shown any more; others may have published the same content. */
export async function forgetReactions(execute: Execute, objectIds: readonly string[]): Promise<void> {
  if (objectIds.length > 0) await remove(execute, FORGET, [objectIds]);
}
