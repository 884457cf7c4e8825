import type { Request, RequestHandler } from 'express';
import { assetListSchema } from '../assets/asset.ts';
import type { ReadApi, TryRead } from '../gateway/read-api.ts';
import { segment, textOf, withQuery } from '../gateway/with-query.ts';
import type { SendPage } from '../html/page.ts';
import type { VisitorOf } from '../visitor/visitor.ts';
import { followingListSchema, type FollowState } from '../account/following/following.ts';
import { doneNotice } from '../account/done.ts';
import { csrfField } from '../html/page.ts';
import { learnFollow } from './remote-follow.ts';
import { actorSchema, collectionSchema, profileSchema, type Actor } from './user.ts';
import { profilePage } from './user.page.ts';

const shownAssets = 12;

export interface UserDeps {
  readApi: ReadApi;
  tryRead: TryRead;
  visitorOf: VisitorOf;
  sendPage: SendPage;
}

/** `GET /users/{username}?from` for people; `from` is the handle of a reader who wants to follow. */
export function userRoute(deps: UserDeps): RequestHandler<{ username: string }> {
  return async (req, res) => {
    void deps.visitorOf(req);
    const path = `/users/${segment(req.params.username)}`;
    const actor = await deps.readApi(req, path, actorSchema);
    const owner = actor.preferredUsername;
    const from = textOf(req.query['from']);
    const [profile, list, followers, following, state, learned] = await Promise.all([
      deps.tryRead(req, `/api/identities/${segment(owner)}`, profileSchema),
      deps.tryRead(req, withQuery('/assets', { owner, limit: shownAssets }), assetListSchema, { as: 'visitor' }),
      deps.tryRead(req, `${path}/followers`, collectionSchema),
      deps.tryRead(req, `${path}/following`, collectionSchema),
      followStateOf(deps, req, actor),
      learnFollow(deps, req, owner, from),
    ]);
    const follow = { from, learned, state, csrf: csrfField(req) };
    const counts = { followers: followers?.totalItems, following: following?.totalItems };
    const notice = doneNotice(req.query['done']);
    await deps.sendPage(req, res, 200, profilePage({ actor, profile, list, ...counts, ...follow, notice }));
  };
}

/** Undefined where that is nobody's business: for strangers, and for the actor themselves. */
async function followStateOf(deps: UserDeps, req: Request, actor: Actor): Promise<FollowState | undefined> {
  const visitor = await deps.visitorOf(req);
  if (visitor.state !== 'signed-in' || visitor.username === actor.preferredUsername) return undefined;
  const path = withQuery('/following', { target: actor.id });
  const list = await deps.tryRead(req, path, followingListSchema, { as: 'visitor' });
  return list && (list.following[0]?.state ?? 'none');
}
