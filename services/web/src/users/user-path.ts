import { segment } from '../gateway/with-query.ts';

export function userPath(username: string): string {
  return `/users/${segment(username)}`;
}

/** The page of an actor of ours, by the actor's URL; undefined for any other. */
export function ownUserPath(publicUrl: string, actorUrl: string): string | undefined {
  const prefix = `${publicUrl}/users/`;
  const username = actorUrl.startsWith(prefix) ? actorUrl.slice(prefix.length) : '';
  return /^[\w.-]+$/.test(username) ? userPath(username) : undefined;
}
