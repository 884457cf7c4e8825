import { randomUUID } from 'node:crypto';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { isDeleted } from '../actors/hold-actor.ts';
import type { LocalActor } from '../actors/local-actor.ts';
import type { BlockedHosts } from '../blocked-hosts/refuse-blocked.ts';
import { userGone } from '../http/errors.ts';
import { publishShare } from '../publications/publish-share.ts';
import { countOwnShare } from '../reactions/end-reactions.ts';
import { readPublished } from '../reactions/published-url.ts';
import { isHttpUrl } from '../remote-actors/remote-actor.ts';
import type { LocalUrls } from '../urls.ts';
import { announceDocument, orderOf, shareId } from './share-document.ts';
import { addShare, findWork, type SharedWork } from './share.repository.ts';

export interface ShareDeps {
  urls: LocalUrls;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  blockedHosts: BlockedHosts;
  now: () => Date;
}

export interface Shared {
  object: string;
  /** Of the Announce. */
  shareId: string;
}

/** The URL of what is to be shared, as it is written by rule. Throws AppError 422 `object_invalid`. */
export function readObject(text: string): string {
  const url = URL.parse(text.trim())?.href;
  if (isHttpUrl(url)) return url;
  throw new AppError('object_invalid', 422, 'Name what you mean by the URL of an object or an activity.');
}

/**
 * Announces something to an actor's followers, once. What is said to be ours has to be published here; of what is elsewhere only the URL is
 * passed on: it is not fetched.
 * Throws AppError 403 `host_blocked`, 404 `object_not_found`, 410 `erased|user_gone`, 422 `object_invalid`.
 */
export async function shareObject(deps: ShareDeps, sharer: LocalActor, text: string): Promise<Shared> {
  const object = readObject(text);
  if (!deps.urls.isOurs(object) && (await deps.blockedHosts.isAnyBlocked([new URL(object).host]))) {
    throw new AppError('host_blocked', 403, 'Its host is blocked here.');
  }
  return deps.transaction((execute) => share(deps, execute, sharer, object));
}

async function share(deps: ShareDeps, execute: Execute, sharer: LocalActor, object: string): Promise<Shared> {
  if (await isDeleted(execute, sharer.apId)) throw userGone();
  const { username, apId: actor } = sharer;
  const now = deps.now();
  const work = deps.urls.isOurs(object) ? await ourWork(deps, execute, object) : undefined;
  const made = randomUUID();
  const activityId = await addShare(execute, { username, object, activityId: made, now });
  const announced = { actor, followers: deps.urls.followers(username), object, activityId };
  const shared = { object, shareId: shareId(announced) };
  if (activityId !== made) return shared;
  const document = JSON.stringify(announceDocument(announced, now, work?.ownerApId));
  await publishShare(execute, { activityId, actor, document, order: orderOf(announced), now });
  if (work !== undefined) {
    const reaction = { objectId: work.objectId, actor, activityId: shared.shareId, now };
    await countOwnShare(execute, reaction);
  }
  return shared;
}

async function ourWork({ urls }: ShareDeps, execute: Execute, object: string): Promise<SharedWork> {
  const published = readPublished(urls, object);
  const work = published && (await findWork(execute, published));
  if (work === undefined) throw new AppError('object_not_found', 404, 'No such object or activity was published here.');
  if (work === 'erased') throw new AppError('erased', 410, 'What was claimed there was erased.');
  return work;
}
