import type { Execute } from '@artdag/messaging';
import { acceptFollow } from '../followers/accept-follow.ts';
import { endAllFollows, endFollow, type UndoneFollow } from '../followers/end-follow.ts';
import { answerFollow } from '../following/answer-follow.ts';
import { endFollowingOf } from '../following/end-following.ts';
import { applyReaction, takeBackReaction, type ReactionEffect } from '../reactions/apply-reaction.ts';
import { endReactionsBy } from '../reactions/end-reactions.ts';
import { forgetRemoteActor } from '../remote-actors/forget-remote-actor.ts';
import { idOf, isHttpUrl, isJsonObject, type RemoteActor } from '../remote-actors/remote-actor.ts';
import type { LocalUrls } from '../urls.ts';
import type { ReceivedActivity } from './read-activity.ts';

export interface EffectContext {
  urls: LocalUrls;
  now: Date;
  correlationId?: string | undefined;
}

/** What an accepted activity did: a word for the log and the metrics. */
export type Effect =
  'followed' | 'unfollowed' | 'follow_accepted' | 'follow_rejected' | 'actor_deleted' | ReactionEffect | 'ignored';

/** The local user whom a Follow is about; undefined for any other activity, and for a Follow of somebody elsewhere. */
export function followedUser(urls: LocalUrls, activity: ReceivedActivity): string | undefined {
  const target = activity.type === 'Follow' ? idOf(activity.object) : undefined;
  return target === undefined ? undefined : urls.usernameOf(target);
}

/** A Delete of the very actor who sends it. */
export function isOwnDeletion(activity: ReceivedActivity): boolean {
  return activity.type === 'Delete' && idOf(activity.object) === activity.actor;
}

/**
 * Does what an activity says, in the caller's transaction. Follow and Undo are judged by the present relationship, not by whether their
 * ids were seen; what is not theirs to undo, and every type that we do not know, is ignored.
 */
export async function applyEffect(
  execute: Execute,
  context: EffectContext,
  activity: ReceivedActivity,
  sender: RemoteActor,
): Promise<Effect> {
  const { urls, now, correlationId } = context;
  const occasion = { now, correlationId };
  const username = followedUser(urls, activity);
  if (username !== undefined) {
    const follow = { id: activity.id, username, follower: sender, ...occasion };
    return (await acceptFollow(execute, urls, follow)) === 'accepted' ? 'followed' : 'ignored';
  }
  const undone = activity.type === 'Undo' ? undoneFollow(urls, activity) : undefined;
  if (undone !== undefined && (await endFollow(execute, activity.actor, undone, occasion)) > 0) return 'unfollowed';
  if (activity.type === 'Accept' || activity.type === 'Reject') {
    const effect = activity.type === 'Accept' ? 'follow_accepted' : 'follow_rejected';
    return (await answerFollow(execute, urls, { ...activity, type: activity.type }, now)) ? effect : 'ignored';
  }
  if (isOwnDeletion(activity)) return applyActorDeletion(execute, context, activity.actor);
  const takesBack = activity.type === 'Undo' || activity.type === 'Delete';
  return (await (takesBack ? takeBackReaction : applyReaction)(execute, { urls, now }, activity)) ?? 'ignored';
}

/** A remote actor is no more: its follows go, those of it too, its reactions, and its cached key. */
export async function applyActorDeletion(
  execute: Execute,
  { now, correlationId }: EffectContext,
  actor: string,
): Promise<Effect> {
  // First: what of the actor's is being processed at this moment is waited for, and what comes later finds it gone.
  await forgetRemoteActor(execute, actor);
  await endAllFollows(execute, actor, { now, correlationId });
  await endFollowingOf(execute, actor);
  await endReactionsBy(execute, actor);
  return 'actor_deleted';
}

function undoneFollow(urls: LocalUrls, { object, actor }: ReceivedActivity): UndoneFollow | undefined {
  if (isJsonObject(object) && object['type'] !== undefined) {
    if (object['type'] !== 'Follow' || (object['actor'] !== undefined && idOf(object['actor']) !== actor))
      return undefined;
    const username = urls.usernameOf(idOf(object['object']) ?? '');
    if (username !== undefined) return { username };
  }
  const followId = idOf(object);
  return isHttpUrl(followId) ? { followId } : undefined;
}
