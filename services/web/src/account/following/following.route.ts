import { AppError } from '@artdag/service-kit';
import type { Request } from 'express';
import type { GatewayAnswer } from '../../gateway/gateway.ts';
import { nextOffsetOf, offsetOf } from '../../gateway/offset.ts';
import { withQuery } from '../../gateway/with-query.ts';
import { csrfField } from '../../html/page.ts';
import { userPath } from '../../users/user-path.ts';
import { doneAt, doneNotice, type Done } from '../done.ts';
import { seeOther } from '../finish-form.ts';
import { ownFormRoute, type FormPage, type OwnDeps } from '../own-form.route.ts';
import { refusalBy, type Words } from '../refusal.ts';
import { followedSchema, followingListSchema } from './following.ts';
import { followingPage, type FollowingPage } from './following.page.ts';

const at = '/account/following';
const pageSize = 50;

/** `/account/following?offset`: whom one follows. Its form (`target`, `do`) follows somebody or ends that, and leads back to `profile`, if it came from there. */
export function followingForm(deps: OwnDeps & { publicUrl: string }): FormPage {
  const { publicUrl } = deps;
  const read = async (req: Request, offset: number): Promise<Omit<FollowingPage, 'notice'>> => {
    void deps.visitorOf(req);
    const path = withQuery('/following', { limit: pageSize, offset });
    const list = await deps.readApi(req, path, followingListSchema, { as: 'visitor' });
    return { list, offset, nextOffset: nextOffsetOf(list.next), csrf: csrfField(req), publicUrl };
  };
  return {
    async show(req, res) {
      const notice = doneNotice(req.query['done']);
      const page = followingPage({ ...(await read(req, offsetOf(req.query['offset']))), notice });
      await deps.sendPage(req, res, 200, page);
    },
    send: ownFormRoute(deps, pageOf, async ({ req, res, form, ask }) => {
      const target = form.get('target')?.trim() ?? '';
      const deed = form.get('do');
      if (deed !== 'follow' && deed !== 'unfollow')
        throw new AppError('bad_request', 400, 'This page has no such button.');
      const answer = await ask({ path: `/${deed}`, body: { target } });
      if (answer.status === 200) return seeOther(res, doneAt(pageOf(form), doneBy(deed, answer)));
      const refusal = refusalBy(words, answer);
      await deps.sendPage(req, res, refusal.status, followingPage({ ...(await read(req, 0)), target, refusal }));
    }),
  };
}

/** Where the button stood. */
function pageOf(form: URLSearchParams): string {
  const profile = form.get('profile') ?? '';
  return profile === '' ? at : userPath(profile);
}

function doneBy(deed: 'follow' | 'unfollow', { body }: GatewayAnswer): Done {
  if (deed === 'unfollow') return 'unfollowed';
  return followedSchema.parse(body).state === 'accepted' ? 'followed' : 'follow-requested';
}

const asked = 'This is nobody whom you could follow. Write @user@host, or the address of an actor.';
const words: Words = {
  codes: {
    host_blocked: { target: 'Its server is blocked here.' },
    target_not_found: { target: 'There is nobody of that name.' },
    target_invalid: { target: asked },
    target_unreachable: {
      target: 'Its server did not say who that is. Check how it is written, or try again later.',
    },
    following_limit_reached: 'An account follows 5,000 others at most. Unfollow somebody first.',
    actor_not_ready: 'The fediverse does not know your account yet. Try again in a moment.',
  },
  fields: { target: asked },
  otherwise: 'What you are logged in with may not follow anybody.',
};
