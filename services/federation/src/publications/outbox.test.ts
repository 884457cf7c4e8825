import { createPublicKey } from 'node:crypto';
import { verifyProof } from '@artdag/claims';
import { openDatabase } from '@artdag/database/federation';
import { describe, expect, it } from '@jest/globals';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

interface Page {
  orderedItems: { id: string; type: string; published: string }[];
  next?: string;
  prev?: string;
}

const page = async (url: string): Promise<Page> => (await send(url)).json() as unknown as Page;
const idsOf = ({ orderedItems }: Page): string[] => orderedItems.map(({ id }) => id);

describe('GET /users/{username}/outbox', () => {
  it('of a new user is empty', async () => {
    const { apId } = await kit.federation.addUser('ann');
    const answer = await send(`${apId}/outbox`, { headers: [['accept', 'application/ld+json']] });
    expect(answer.headers['content-type']).toBe('application/activity+json; charset=utf-8');
    expect(answer.json()).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${apId}/outbox`,
      type: 'OrderedCollection',
      totalItems: 0,
      first: `${apId}/outbox?page=true`,
      last: `${apId}/outbox?page=true&min_id=0`,
    });
    expect((await send(`${apId}/outbox?page=true`)).json()).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${apId}/outbox?page=true`,
      type: 'OrderedCollectionPage',
      partOf: `${apId}/outbox`,
      totalItems: 0,
      orderedItems: [],
    });
  });

  it('shows 45 claims on pages of 20, newest first, forwards and backwards', async () => {
    const user = await kit.federation.addUser('bob');
    const start = Date.UTC(2026, 0, 10);
    // Several in one second, as published has no smaller unit.
    const events = Array.from({ length: 45 }, (_, i) =>
      assetEvent('registered', user.newAsset(), 1, new Date(start + Math.floor(i / 3) * 1000)),
    );
    await kit.federation.publish(...events);
    const outbox = (await send(`${user.apId}/outbox`)).json() as { totalItems: number; first: string; last: string };
    expect(outbox.totalItems).toBe(45);

    const pages: Page[] = [];
    for (let url: string | undefined = outbox.first; url !== undefined; url = pages.at(-1)?.next)
      pages.push(await page(url));
    expect(pages.map(({ orderedItems }) => orderedItems.length)).toEqual([20, 20, 5]);
    const shown = pages.flatMap(idsOf);
    expect(new Set(shown)).toEqual(new Set(events.map(({ data }) => data.activity.id)));
    const published = pages.flatMap(({ orderedItems }) => orderedItems.map((item) => item.published));
    expect(published).toEqual(published.toSorted().toReversed());

    expect(idsOf(await page(outbox.last))).toEqual(shown.slice(25));
    const second = await page(String((await page(outbox.last)).prev));
    expect(idsOf(second)).toEqual(shown.slice(5, 25));
    expect(idsOf(await page(String(second.prev)))).toEqual(shown.slice(0, 5));
    expect(idsOf(await page(String(pages[1]?.prev)))).toEqual(shown.slice(0, 20));
  });

  // Activity ids are random, so among equal times either order of the two came up.
  it.each([
    ['in the same second', 0],
    ['by a clock that is behind', -60_000],
  ])(
    'shows each later claim about an asset before the earlier one, also when it was signed %s',
    async (_, behindMs) => {
      const user = await kit.federation.addUser(behindMs === 0 ? 'dora' : 'emil');
      const start = Date.UTC(2026, 0, 10);
      const assets = Array.from({ length: 6 }, () => user.newAsset());
      const lives = assets.map((asset) => [
        assetEvent('registered', asset, 1, new Date(start)),
        assetEvent('updated', asset, 2, new Date(start + behindMs)),
        assetEvent('deleted', asset, 3, new Date(start + behindMs)),
      ]);
      await kit.federation.publish(...lives.flat());
      const shown = idsOf(await page(`${user.apId}/outbox?page=true`));
      const backwards = lives.map((life) => life.map(({ data }) => data.activity.id).toReversed());
      expect(backwards.map((ids) => shown.filter((id) => ids.includes(id)))).toEqual(backwards);
    },
  );

  it('shows each claim as its owner signed it', async () => {
    const user = await kit.federation.addUser('carol');
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    const [item] = (await page(`${user.apId}/outbox?page=true`)).orderedItems;
    const pem = kit.identity.keysOf(user.actorId)?.keys[1]?.public_key_pem ?? '';
    const raw = Buffer.from(createPublicKey(pem).export({ format: 'jwk' }).x ?? '', 'base64url');
    expect(verifyProof({ ...item }, raw)).toBe(true);
  });

  it.each([
    'max_id=nonsense',
    'min_id=nonsense',
    'max_id=5f0c1d3e-0000-4000-8000-000000000001',
    'max_id=%00',
    'max_id[]=1',
  ])('at %s has no items', async (query) => {
    const answer = await send(`${kit.federation.url}/users/ann/outbox?page=true&${query}`);
    expect([answer.status, answer.json()['orderedItems']]).toEqual([200, []]);
  });

  it('of nobody is 404', async () => {
    expect((await send(`${kit.federation.url}/users/nobody/outbox`)).status).toBe(404);
  });
});
