import type { LocalUrls } from '../urls.ts';
import { readTarget } from './find-target.ts';
import { nameOf, type FollowedName } from './target-name.ts';

export interface FollowingSource {
  /** Whom an actor has asked to follow, whatever came of it, newest first; with a name that one, if it has. */
  listOf(
    username: string,
    o: { name: FollowedName | undefined; limit: number; offset: number },
  ): Promise<{ rows: { targetApId: string; handle: string | null; state: string }[]; total: number }>;
}

export interface ListFollowingDeps {
  urls: LocalUrls;
  following: FollowingSource;
}

/**
 * Whom somebody follows, also those who have not answered or have said no. With `target` at most one; nobody is asked who that is, so it is found
 * by the name under which it was followed. Throws AppError 422 `target_invalid`.
 */
export async function listFollowing(
  { urls, following }: ListFollowingDeps,
  username: string,
  { target, limit, offset }: { target?: string | undefined; limit: number; offset: number },
) {
  const name = target === undefined ? undefined : nameOf(urls, readTarget({ urls }, target));
  const { rows, total } = await following.listOf(username, { name, limit, offset });
  const end = offset + rows.length;
  const isMore = name === undefined && end < total && rows.length > 0;
  return {
    following: rows.map(({ targetApId: target, handle, state }) => {
      const own = urls.usernameOf(target);
      return { target, handle: own === undefined ? handle : `${own}@${urls.host}`, state };
    }),
    ...{ total, limit, offset, next: isMore ? `/following?limit=${limit}&offset=${end}` : null },
  };
}
