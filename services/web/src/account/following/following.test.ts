import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonAnswer } from '../../gateway-stand-in.testing.ts';
import { expectHarmless, hostileTexts } from '../../hostile.testing.ts';
import { actor } from '../../users/users.testing.ts';
import { followingList, me } from '../account.testing.ts';
import { startAccountSuite, type AccountSuite } from '../account-suite.testing.ts';

const page = '/account/following';
const target = 'https://social.example/users/ann';
const profileQuery = `/following?target=${encodeURIComponent(actor.id)}`;

let suite: AccountSuite;
beforeAll(async () => {
  suite = await startAccountSuite();
});
beforeEach(() => {
  suite.reset();
  Object.assign(suite.gateway.routes, {
    '/users/giles': jsonAnswer(actor),
    '/auth/me': jsonAnswer({ ...me, username: 'ada' }),
  });
});

/** Of an actor, the buttons that a page has. */
function buttonsOf(text: string, actorUrl: string): string[] {
  const forms = text.match(/<form class="row" method="post" action="\/account\/following">.*?<\/form>/gs) ?? [];
  const form = forms.find((one) => one.includes(`name="target" value="${actorUrl}"`)) ?? '';
  return [...form.matchAll(/name="do" value="(\w+)"[^>]*>([^<]+)</g)].map(([, deed, label]) => `${deed}: ${label}`);
}

describe('the list', () => {
  it('has for each what one can do about them, by forms that show that they are ours', async () => {
    const { text } = await suite.get(page).expect(200);
    expect(buttonsOf(text, target)).toEqual(['unfollow: Take the request back']);
    expect(buttonsOf(text, 'https://l2.example/users/bob')).toEqual(['unfollow: Unfollow']);
    const forms = text.match(/action="\/account\/following">\s*<input type="hidden" name="_csrf"/g);
    expect(forms).toHaveLength(3);
  });

  it('calls who is here by their handle, which leads to their page, and others by the address of their server, too', async () => {
    const { text } = await suite.get(page).expect(200);
    expect(text).toContain('<a href="/users/bob"><strong>@bob@l2.example</strong></a>');
    expect(text).not.toContain('>https://l2.example/users/bob');
    expect(text).toContain('Unfollow: @bob@l2.example');
    expect(text).toMatch(new RegExp(`<strong>@ann@social.example</strong><br /><a href="${target}" rel="nofollow`));
  });

  it.each([
    'https://l2.example/users/',
    'https://l2.example/users/../logout',
    'https://l2.example.evil.example/users/x',
  ])('takes %s for nobody who is here', async (address) => {
    const following = [{ target: address, handle: null, state: 'accepted' }];
    suite.gateway.routes['/following?limit=50&offset=0'] = jsonAnswer({ ...followingList, following });
    const { text } = await suite.get(page).expect(200);
    expect(text).toMatch(/<li><span><a href="https:[^"]*" rel="nofollow/);
  });

  it('lets one ask again who has refused', async () => {
    const refused = { ...followingList, following: [{ target, handle: null, state: 'rejected' }] };
    suite.gateway.routes['/following?limit=50&offset=0'] = jsonAnswer(refused);
    const { text } = await suite.get(page).expect(200);
    expect(buttonsOf(text, target)).toEqual(['follow: Ask again', 'unfollow: Take off the list']);
  });

  it('has pages', async () => {
    const next = '/following?limit=50&offset=100';
    suite.gateway.routes['/following?limit=50&offset=50'] = jsonAnswer({ ...followingList, next });
    const { text } = await suite.get(`${page}?offset=50`).expect(200);
    expect(text).toContain('href="/account/following?offset=100"');
    expect(text).toContain('<a href="/account/following">First page</a>');
  });
});

describe('the form', () => {
  it.each([
    ['accepted', 'followed', 'You follow them now.'],
    ['requested', 'follow-requested', 'They are asked'],
  ])('follows, and says what came of it: %s', async (state, done, says) => {
    suite.gateway.routes['/follow'] = jsonAnswer({ target, state, follow_id: `${target}#1` });
    const { headers } = await suite.send(page, { target: ' @ann@social.example ', do: 'follow' }).expect(303);
    expect(headers['location']).toBe(`${page}?done=${done}`);
    expect([suite.changes(), suite.sent()]).toEqual([
      [{ method: 'POST', path: '/follow' }],
      { target: '@ann@social.example' },
    ]);
    expect((await suite.get(headers['location'] ?? '')).text).toContain(says);
  });

  it('unfollows', async () => {
    suite.gateway.routes['/unfollow'] = jsonAnswer({ target, state: 'none' });
    const { headers } = await suite.send(page, { target, do: 'unfollow' }).expect(303);
    expect(headers['location']).toBe(`${page}?done=unfollowed`);
    expect(suite.sent()).toEqual({ target });
  });

  it.each([
    ['host_blocked', 403, 'id="target-error">Its server is blocked here.'],
    ['target_not_found', 404, 'id="target-error">There is nobody of that name.'],
    ['target_invalid', 422, 'id="target-error">This is nobody whom you could follow.'],
    ['target_unreachable', 422, 'id="target-error">Its server did not say who that is.'],
    ['following_limit_reached', 409, 'role="alert">An account follows 5,000 others at most.'],
    ['actor_not_ready', 409, 'role="alert">The fediverse does not know your account yet.'],
    ['insufficient_scope', 403, 'role="alert">What you are logged in with may not follow'],
    ['rate_limited', 429, 'Too many tries.'],
  ])('says why not: %s (%d), and keeps what was typed', async (code, status, says) => {
    suite.gateway.routes['/follow'] = jsonAnswer({ code, detail: 'For programmers.' }, status);
    const { text } = await suite.send(page, { target: 'ann@x', do: 'follow' }).expect(status);
    expect(text).toContain(says);
    expect(text).toContain('value="ann@x"');
    expect(text).not.toContain('For programmers.');
  });

  it('knows two buttons only, and asks nobody for another', async () => {
    for (const name of ['share', '../auth/me', '']) await suite.send(page, { target, do: name }).expect(400);
    expect(suite.changes()).toEqual([]);
  });

  it('does nothing for another site', async () => {
    const { headers } = { headers: { cookie: 'session_token=secret', origin: 'https://evil.example' } };
    await suite.send(page, { target, do: 'follow' }, headers).expect(403);
    expect(suite.changes()).toEqual([]);
  });

  it.each(['//evil.example', '../../logout', 'https://evil.example', ...hostileTexts])(
    'leads back to a profile of ours only, whatever its form says: %j',
    async (profile) => {
      suite.gateway.routes['/unfollow'] = jsonAnswer({ target, state: 'none' });
      const { headers } = await suite.send(page, { target, do: 'unfollow', profile }).expect(303);
      expect(headers['location']).toMatch(/^\/users\/[\w.~!*'()%-]+\?done=unfollowed$/);
    },
  );

  it('shows what was typed as it was typed, whatever it is', async () => {
    suite.gateway.routes['/follow'] = jsonAnswer({ code: 'target_invalid' }, 422);
    for (const text of hostileTexts)
      expectHarmless((await suite.send(page, { target: text, do: 'follow' }).expect(422)).text);
  });
});

describe('the button on a profile', () => {
  it.each([
    [[], ['follow: Follow'], ''],
    [[{ target: actor.id, handle: null, state: 'accepted' }], ['unfollow: Unfollow'], 'followed</span>'],
    [[{ target: actor.id, handle: null, state: 'requested' }], ['unfollow: Take the request back'], 'not answered yet'],
  ])('is for who is logged in: %j', async (following, buttons, says) => {
    suite.gateway.routes[profileQuery] = jsonAnswer({ ...followingList, following });
    const { text } = await suite.get('/users/giles').expect(200);
    expect(buttonsOf(text, actor.id)).toEqual(buttons);
    expect(text).toContain(says);
    expect(text).toContain('name="profile" value="giles"');
  });

  it('leads back to the profile, which says what was done', async () => {
    suite.gateway.routes['/follow'] = jsonAnswer({ target: actor.id, state: 'accepted', follow_id: 'x' });
    const form = { target: actor.id, profile: 'giles', do: 'follow' };
    const { headers } = await suite.send(page, form).expect(303);
    expect(headers['location']).toBe('/users/giles?done=followed');
    expect((await suite.get('/users/giles?done=followed')).text).toContain('You follow them now.');
  });

  it('is not there for oneself, for strangers, and while it is not known how one stands', async () => {
    const isThere = async (headers?: Record<string, string>): Promise<boolean> => {
      const asked = suite.get('/users/giles');
      const { text } = await (headers === undefined ? asked : asked.unset('cookie')).expect(200);
      return text.includes('action="/account/following"');
    };
    suite.gateway.routes[profileQuery] = jsonAnswer({ code: 'dependency_unavailable' }, 503);
    expect(await isThere()).toBe(false);
    suite.gateway.routes[profileQuery] = jsonAnswer({ ...followingList, following: [] });
    expect(await isThere()).toBe(true);
    expect(await isThere({})).toBe(false);
    suite.gateway.routes['/auth/me'] = jsonAnswer(me);
    expect(await isThere()).toBe(false);
  });
});
