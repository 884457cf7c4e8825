import type { LocalUrls } from '../urls.ts';
import type { TargetName } from './find-target.ts';
import { handleText } from './handle.ts';

/** By what a row of `following` is found: the actor's URL, or the handle that it was asked for by. */
export type FollowedName = { apId: string } | { handle: string };

/** What is known of a target without asking anybody. */
export function nameOf(urls: LocalUrls, name: TargetName): FollowedName {
  if ('handle' in name) return { handle: handleText(name.handle) };
  return { apId: 'url' in name ? name.url : urls.actor(name.username) };
}
