import type { Execute } from '@artdag/messaging';
import { idOf, isHttpUrl, isJsonObject } from '../remote-actors/remote-actor.ts';
import type { LocalUrls } from '../urls.ts';
import { readPublished } from './published-url.ts';
import { addReaction, holdObject, removeReaction, removeReactionTo, type ReactionKind } from './reaction.repository.ts';

/** What a reaction did: a word for the log and the metrics. */
export type ReactionEffect = 'liked' | 'shared' | 'replied' | 'reaction_ended';

/** Of a received activity; `object` is unchecked. */
export interface Reacting {
  id: string;
  type: string;
  actor: string;
  object: unknown;
}

export interface ReactionContext {
  urls: LocalUrls;
  now: Date;
}

/** A map, as strangers name types after what every object has. */
const kinds: ReadonlyMap<unknown, ReactionKind> = new Map([
  ['Like', 'like'],
  ['Announce', 'share'],
]);
const effects = { like: 'liked', share: 'shared', reply: 'replied' } as const;

/**
 * Counts a Like, an Announce, or a Create of a reply, if it is about something that was really published here; an actor's second one of a kind
 * counts no further. In the caller's transaction. Undefined when that changed nothing.
 */
export async function applyReaction(
  execute: Execute,
  { urls, now }: ReactionContext,
  activity: Reacting,
): Promise<ReactionEffect | undefined> {
  const { type, actor, id: activityId } = activity;
  const reaction =
    type === 'Create' ? readReply(activity) : { kind: kinds.get(type), about: idOf(activity.object), noteId: '' };
  const { kind, about, noteId } = reaction ?? {};
  const published = readPublished(urls, about);
  if (kind === undefined || noteId === undefined || published === undefined) return undefined;
  const objectId = await holdObject(execute, published);
  if (objectId === undefined) return undefined;
  const isNews = await addReaction(execute, { objectId, kind, actor, noteId, activityId, now });
  return isNews ? effects[kind] : undefined;
}

/** Only its place is kept of a reply, so nothing of a copy has to be believed but that it is the sender's. */
function readReply({
  actor,
  object,
}: Reacting): { kind: 'reply'; about: string | undefined; noteId: string } | undefined {
  if (!isJsonObject(object)) return undefined;
  const { id: noteId, attributedTo, inReplyTo } = object;
  if (!isHttpUrl(noteId) || new URL(noteId).host !== new URL(actor).host || idOf(attributedTo) !== actor)
    return undefined;
  return { kind: 'reply', about: idOf(inReplyTo), noteId };
}

/**
 * An Undo of a Like or an Announce, or a Delete of a note, by who made it. In the caller's transaction. Undefined when that changed nothing.
 */
export async function takeBackReaction(
  execute: Execute,
  { urls }: ReactionContext,
  { type, actor, object }: Reacting,
): Promise<ReactionEffect | undefined> {
  const id = idOf(object);
  if (isHttpUrl(id) && (await removeReaction(execute, actor, id)) > 0) return 'reaction_ended';
  if (type !== 'Undo' || !isJsonObject(object)) return undefined;
  const kind = kinds.get(object['type']);
  const published = readPublished(urls, idOf(object['object']));
  if (kind === undefined || published === undefined) return undefined;
  const objectId = await holdObject(execute, published);
  if (objectId === undefined) return undefined;
  return (await removeReactionTo(execute, { actor, kind, objectId })) > 0 ? 'reaction_ended' : undefined;
}
