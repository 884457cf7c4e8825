import { expect } from '@jest/globals';
import { call, newAccount, newContentHash } from '../api-client.ts';
import { known } from './following.ts';
import { newName } from './people.ts';
import type { Walk } from './walk.ts';

/** What strangers fill in: the search and the box to follow from elsewhere. */
export async function search(walk: Walk): Promise<void> {
  const { username, token } = await newAccount(walk.url);
  const tag = newName();
  const hash = newContentHash();
  for (let at = 0; at < 26; at += 1) {
    const body = {
      ...{ name: `${tag}-${at}`, content_hash: at === 0 ? hash : newContentHash(), tags: [tag] },
      ...{ asset_type: at % 2 ? 'image' : 'video', description: 'Rosa gallica' },
    };
    expect((await call(walk.url, '/assets', { token, body })).status).toBe(201);
  }
  await walk.open('/assets');
  const fill = { q: 'gallica', asset_type: 'image', tag, owner: `@${username}`, sort: 'name' };
  await walk.send({ fill, press: 'Search', leadsTo: /^\/assets\?/, says: '13 assets' });
  await walk.send({ fill: { asset_type: '', q: '' }, press: 'Search', leadsTo: /^\/assets\?/, says: '26 assets' });
  await walk.follow('Next page');
  await walk.follow('First page');
  const nothing = { q: '"><b>&amp;', tag: 'w'.repeat(64), owner: 'w'.repeat(256) };
  await walk.send({ fill: nothing, press: 'Search', leadsTo: /^\/assets\?/, says: 'Nothing matches.' });
  expect(await walk.page.inputValue('#q')).toBe(nothing.q);
  await walk.open(`/assets?content_hash=${hash}`);
  await walk.send({ fill: { sort: 'name' }, press: 'Search', leadsTo: /content_hash=/, says: '1 asset' });
}

export async function followFromElsewhere(walk: Walk): Promise<void> {
  const { username } = await newAccount(walk.url);
  await known(walk, username);
  await walk.open(`/users/${username}`);
  const leadsTo = new RegExp(`^/users/${username}\\?from=`);
  const says = 'A handle looks like';
  for (const from of ['nobody', `@${'w'.repeat(65)}@long.example`, '"><b>@x']) {
    await walk.send({ fill: { from }, press: 'Follow', leadsTo, says, mayComplain: true });
    expect(await walk.page.inputValue('#from')).toBe(from);
  }
  const host = `${'long-'.repeat(11)}name.mastodon.example`;
  await walk.send({ fill: { from: `@me@${host}` }, press: 'Follow', leadsTo, says: `Go on at ${host}` });
}
