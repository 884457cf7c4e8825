import { isHttpUrl } from '../remote-actors/remote-actor.ts';
import { askWebFinger, type HandleDeps } from './ask-webfinger.ts';
import type { Handle } from './handle.ts';
import { targetUnreachable } from './target-errors.ts';

const ACTIVITY_TYPE = /^application\/(?:activity\+json|ld\+json)\b/i;

/**
 * The actor URL of an account, asked from its host.
 * Throws AppError 404 `target_not_found`, 422 `target_unreachable`.
 */
export async function lookUpHandle(deps: HandleDeps, handle: Handle): Promise<string> {
  const links = await askWebFinger(deps, handle);
  const self = links.find(({ rel, type }) => rel === 'self' && typeof type === 'string' && ACTIVITY_TYPE.test(type));
  if (!isHttpUrl(self?.['href'])) throw targetUnreachable('its host names no ActivityPub actor');
  return self['href'];
}
