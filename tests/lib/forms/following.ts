import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount } from '../api-client.ts';
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
