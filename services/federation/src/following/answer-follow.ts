import type { Execute } from '@artdag/messaging';
import { idOf, isHttpUrl, isJsonObject } from '../remote-actors/remote-actor.ts';
import type { LocalUrls } from '../urls.ts';
import { answerFollowing, type AnsweredFollow, type FollowState } from './following.repository.ts';

export interface FollowAnswer {
  type: 'Accept' | 'Reject';
  /** Who answers. Only what was asked of this very actor can be answered by it. */
  actor: string;
  /** Unchecked: the Follow, or its id. */
  object: unknown;
}

/** What an answer can change. Who has rejected is asked again before it may accept; who has accepted may think better of it. */
const changes = {
  Accept: { from: ['requested'], to: 'accepted' },
  Reject: { from: ['requested', 'accepted'], to: 'rejected' },
} as const satisfies Record<string, { from: readonly FollowState[]; to: FollowState }>;

/** Writes down what a remote actor says to a Follow of ours, in the caller's transaction. Answers whether that changed anything. */
export async function answerFollow(
  execute: Execute,
  urls: LocalUrls,
  { type, actor, object }: FollowAnswer,
  now: Date,
): Promise<boolean> {
  const follow = answeredFollow(urls, object);
  return follow !== undefined && (await answerFollowing(execute, actor, follow, { ...changes[type], now })) > 0;
}

function answeredFollow(urls: LocalUrls, object: unknown): AnsweredFollow | undefined {
  const id = idOf(object);
  if (isJsonObject(object) && object['type'] !== undefined && object['type'] !== 'Follow') return undefined;
  if (isHttpUrl(id)) return { followId: id };
  const username = isJsonObject(object) ? urls.usernameOf(idOf(object['actor']) ?? '') : undefined;
  return username === undefined ? undefined : { username };
}
