import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent, deletedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const collections = ['outbox', 'followers', 'following'];
const activityJson = 'application/activity+json; charset=utf-8';
const json = 'application/json; charset=utf-8';
const get = (url: string, accept?: string) => send(url, accept === undefined ? {} : { headers: [['accept', accept]] });

describe('an ActivityStreams document', () => {
  it('has the type that Accept asks for by its weights, always the same content, and says so to caches', async () => {
    const user = await kit.federation.addUser('giles');
    const asset = user.newAsset();
    await kit.federation.publish(assetEvent('registered', asset, 1));
    const urls = [user.apId, ...collections.flatMap((name) => [`${user.apId}/${name}`, `${user.apId}/${name}?page=1`])];
    urls.push(`${kit.federation.url}/objects/${asset.contentHash}/likes`);
    for (const url of urls) {
      const types: [string | undefined, string][] = [
        [undefined, json],
        ['*/*', json],
        ['application/activity+json;q=0, application/json', json],
        ['text/plain; x="application/activity+json"', json],
        ['application/activity+json', activityJson],
        ['application/json, application/ld+json; profile="https://www.w3.org/ns/activitystreams";q=0.5', activityJson],
      ];
      const texts = new Set<string>();
      for (const [accept, type] of types) {
        const { status, headers, text } = await get(url, accept);
        expect([url, accept, status, headers['content-type']]).toEqual([url, accept, 200, type]);
        expect(headers['vary']).toContain('Accept');
        texts.add(text);
      }
      expect(texts.size).toBe(1);
    }
  });
});

describe('a collection of a deleted user', () => {
  it('is 410 with a Tombstone that is an error as well', async () => {
    const user = await kit.federation.addUser('gone');
    await kit.federation.publish(deletedEvent(user.actorId, 2));
    for (const name of collections) {
      for (const [accept, type] of [
        ['application/activity+json', activityJson],
        ['*/*', json],
      ]) {
        const { status, headers, ...answer } = await get(`${user.apId}/${name}?page=1`, accept);
        expect([status, headers['content-type']]).toEqual([410, type]);
        expect(headers['vary']).toContain('Accept');
        expect(answer.json()).toEqual({
          '@context': 'https://www.w3.org/ns/activitystreams',
          ...{ type: 'Tombstone', id: `${user.apId}/${name}`, formerType: 'OrderedCollection' },
          deleted: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          ...{ detail: 'This user was deleted.', code: 'user_gone', request_id: expect.any(String) },
        });
      }
    }
  });
});
