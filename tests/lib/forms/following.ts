import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount } from '../api-client.ts';
import { startStranger, type Stranger } from '../strangers/stranger.ts';
import { arrive } from './people.ts';
import type { Walk } from './walk.ts';

const list = '/account/following';

/** Until the fediverse knows an account, which it does a moment after it was made. */
export function known(walk: Walk, username: string): Promise<void> {
  return eventually(async () => expect((await call(walk.url, `/users/${username}`)).status).toBe(200));
}

/** Somebody of the same server, by their name and by the button on their page. */
export async function following(walk: Walk): Promise<void> {
  const { username: other } = await newAccount(walk.url);
  const { username } = await arrive(walk);
  for (const name of [username, other]) await known(walk, name);
  const { host } = new URL(walk.url);
  const handle = `@${other}@${host}`;
  await walk.open(list);
  const follow = { press: 'Follow', wrong: { target: 'This is nobody' } };
  await walk.sendWrong({ ...follow, status: 422, fill: { target: 'nobody <b>' } });
  await walk.sendWrong({ ...follow, status: 400, fill: { target: 'w'.repeat(3000) } });
  const nobody = { target: `@${'nobody-'.repeat(4)}x@${host}` };
  await walk.sendWrong({ press: 'Follow', status: 404, fill: nobody, wrong: { target: 'There is nobody' } });
  await walk.send({ press: 'Follow', fill: { target: handle }, leadsTo: `${list}?done=followed` });
  await walk.send({ press: /^Unfollow: /, leadsTo: `${list}?done=unfollowed`, says: 'You follow nobody.' });
  await walk.open(`/users/${other}`);
  await walk.send({ press: `Follow: @${other}`, leadsTo: `/users/${other}?done=followed`, says: 'You follow them' });
  await walk.send({ press: `Unfollow: @${other}`, leadsTo: `/users/${other}?done=unfollowed` });
}

/** Somebody elsewhere, who says no, is asked again, and says no again. */
export async function refusedFollow(walk: Walk): Promise<void> {
  const elsewhere = await startStranger('127.0.0.9');
  const { username } = await arrive(walk);
  await known(walk, username);
  const asked = { leadsTo: `${list}?done=follow-requested`, says: 'asked, and not answered yet' };
  const ended = { leadsTo: `${list}?done=unfollowed`, says: 'You follow nobody.' };
  const fill = { target: elsewhere.actor('ann') };
  await walk.open(list);
  await walk.send({ ...asked, press: 'Follow', fill });
  await refuse(walk, elsewhere, username, 1);
  await walk.send({ ...asked, press: /^Ask again: / });
  await refuse(walk, elsewhere, username, 2);
  await walk.send({ ...ended, press: /^Take off the list: / });
  await walk.send({ ...asked, press: 'Follow', fill });
  await walk.send({ ...ended, press: /^Take the request back: / });
  await elsewhere.close();
}

/** Says no to the so many-th Follow once it is there, and looks at the list once it says so. */
async function refuse(walk: Walk, elsewhere: Stranger, username: string, nth: number): Promise<void> {
  const object = await eventually(() => {
    const follows = elsewhere.received.filter(({ json }) => json['type'] === 'Follow');
    const ids = [...new Set(follows.map(({ json }) => json['id']))];
    return follows.find(({ json }) => json['id'] === ids[nth - 1])?.json ?? false;
  });
  const no = elsewhere.activity('ann', { type: 'Reject', object });
  expect((await elsewhere.post('ann', `${walk.url}/users/${username}/inbox`, no)).status).toBe(202);
  await eventually(async () => {
    await walk.page.goto(`${walk.url}${list}`);
    expect(
      await walk.page
        .locator('main')
        .getByRole('button', { name: /^Ask again: / })
        .count(),
    ).toBe(1);
  });
  await walk.look();
}
