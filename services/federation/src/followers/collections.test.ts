import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

interface Page {
  orderedItems: string[];
  next?: string;
  prev?: string;
}

describe('GET /users/{username}/followers', () => {
  it('shows 120 followers on pages of 50, newest first', async () => {
    const { apId } = await kit.federation.addUser('giles');
    await kit.sql(
      `INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id, accepted_at)
       SELECT 'giles', 'https://remote.example/users/' || i, 'https://remote.example/inbox', 'https://remote.example/f/' || i,
         timestamptz '2026-01-01' + i * interval '1 minute' FROM generate_series(1, 120) AS i`,
    );
    const collection = (await send(`${apId}/followers`)).json();
    expect(collection).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${apId}/followers`,
      type: 'OrderedCollection',
      totalItems: 120,
      first: `${apId}/followers?page=1`,
      last: `${apId}/followers?page=3`,
    });
    const pages: Page[] = [];
    for (let url: string | undefined = String(collection['first']); url !== undefined; url = pages.at(-1)?.next) {
      pages.push((await send(url)).json() as unknown as Page);
    }
    expect(pages.map(({ orderedItems }) => orderedItems.length)).toEqual([50, 50, 20]);
    expect(pages.flatMap(({ orderedItems }) => orderedItems)).toEqual(
      Array.from({ length: 120 }, (_, i) => `https://remote.example/users/${120 - i}`),
    );
    expect(pages[2]).toMatchObject({ prev: `${apId}/followers?page=2`, type: 'OrderedCollectionPage' });
    for (const query of ['page=4', 'page=99999', 'page=999999999']) {
      expect((await send(`${apId}/followers?${query}`)).json()).toMatchObject({ orderedItems: [], totalItems: 120 });
    }
    for (const query of ['page=true', 'page=0', 'page=x', 'page=-1', 'page=1e99']) {
      expect((await send(`${apId}/followers?${query}`)).json()).toMatchObject({ orderedItems: pages[0]?.orderedItems });
    }
  });

  it('of nobody is 404', async () => {
    expect((await send(`${kit.federation.url}/users/nobody/followers`)).status).toBe(404);
  });
});

describe('GET /users/{username}/following', () => {
  it('is empty', async () => {
    const { apId } = await kit.federation.addUser('ann');
    expect((await send(`${apId}/following`)).json()).toMatchObject({ type: 'OrderedCollection', totalItems: 0 });
    expect((await send(`${apId}/following?page=1`)).json()).toMatchObject({ orderedItems: [] });
  });
});
