import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { newSuffix } from '@artdag/service-kit';
import { deletedEvent, keysEvent, registeredEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const activityJson: [string, string][] = [['accept', 'application/activity+json']];

describe('WebFinger', () => {
  it('describes a user by acct and by actor URL, whatever the case of the account', async () => {
    const { apId } = await kit.federation.addUser('giles');
    const host = new URL(kit.federation.url).host;
    const resources = [`acct:giles@${host}`, `acct:GILES@${host}`, apId, apId.replace('http:', 'HTTP:')];
    const asked = resources.map((resource) => encodeURIComponent(resource));
    for (const resource of [...asked, ...resources, `${asked[0]}&rel=self`, `${asked[0]}&rel=a&rel=b&x=y`]) {
      const answer = await send(`${kit.federation.url}/.well-known/webfinger?resource=${resource}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/jrd+json');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.json()).toEqual({
        subject: `acct:giles@${host}`,
        aliases: [apId],
        links: [
          { rel: 'self', type: 'application/activity+json', href: apId },
          { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: apId },
        ],
      });
    }
  });

  it.each([
    ['no resource', '', 400],
    ['an empty resource', '?resource=', 400],
    ['two resources', '?resource=acct:giles@HOST&resource=acct:giles@HOST', 400],
    ['an unknown user', '?resource=acct:nobody@HOST', 404],
    ['another domain', '?resource=acct:giles@elsewhere.example', 404],
    ['our host without its port', '?resource=acct:giles@127.0.0.1', 404],
    ['an account without a host', '?resource=acct:giles', 404],
    ['another scheme', '?resource=mailto:giles@HOST', 404],
    ['an actor URL of another host', '?resource=https://elsewhere.example/users/giles', 404],
    ['a longer path than an actor’s', '?resource=http://HOST/users/giles/inbox', 404],
    ['a name with NUL', '?resource=acct:gi%00les@HOST', 404],
    ['a path that climbs', '?resource=acct:..%2F..@HOST', 404],
  ])('answers %s with its status', async (_name, query, status) => {
    const host = new URL(kit.federation.url).host;
    const answer = await send(`${kit.federation.url}/.well-known/webfinger${query.replaceAll('HOST', host)}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.json()).toMatchObject({ detail: expect.any(String), code: expect.any(String) });
  });
});

describe('GET /users/{username}', () => {
  it('shows the actor with both keys', async () => {
    const { apId, actorId } = await kit.federation.addUser('ann');
    const [rsa, ed25519] = kit.identity.keysOf(actorId)?.keys ?? [];
    const answer = await send(apId, { headers: activityJson });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/activity+json; charset=utf-8');
    expect(answer.headers['vary']).toContain('Accept');
    expect(answer.json()).toEqual({
      '@context': [
        'https://www.w3.org/ns/activitystreams',
        'https://w3id.org/security/v1',
        'https://www.w3.org/ns/cid/v1',
        { manuallyApprovesFollowers: 'as:manuallyApprovesFollowers' },
      ],
      type: 'Person',
      id: apId,
      preferredUsername: 'ann',
      name: 'ann',
      inbox: `${apId}/inbox`,
      outbox: `${apId}/outbox`,
      followers: `${apId}/followers`,
      following: `${apId}/following`,
      url: apId,
      endpoints: { sharedInbox: `${kit.federation.url}/inbox` },
      manuallyApprovesFollowers: false,
      published: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      publicKey: { id: `${apId}#main-key`, owner: apId, publicKeyPem: rsa?.public_key_pem },
      assertionMethod: [
        {
          id: `${apId}#ed25519-key`,
          type: 'Multikey',
          controller: apId,
          publicKeyMultibase: ed25519?.public_key_multibase,
        },
      ],
    });
  });

  it('is the same document, as application/json, for who did not ask for ActivityStreams', async () => {
    const { apId } = await kit.federation.addUser('bob');
    const plain = await send(apId);
    expect(plain.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(plain.json()).toEqual((await send(apId, { headers: activityJson })).json());
  });

  it('keeps a retired proof key in assertionMethod, and not a compromised one', async () => {
    const { apId, actorId } = await kit.federation.addUser('carol');
    const first = kit.identity.keysOf(actorId);
    const second = kit.identity.addActor(actorId, apId);
    const old = (status: 'retired' | 'compromised') => first?.keys.map((key) => ({ ...key, status })) ?? [];
    const idsOf = async () =>
      ((await send(apId)).json()['assertionMethod'] as { id: string }[]).map(({ id }) => id.slice(apId.length));

    await kit.federation.publish(keysEvent(actorId, 'carol', [...old('retired'), ...second.keys], 2));
    expect(await idsOf()).toEqual(['#ed25519-key-2', '#ed25519-key']);
    expect((await send(apId)).json()['publicKey']).toMatchObject({ id: `${apId}#main-key-2` });

    await kit.federation.publish(keysEvent(actorId, 'carol', [...old('compromised'), ...second.keys], 3));
    expect(await idsOf()).toEqual(['#ed25519-key-2']);
  });

  it('asks identity for keys that no event has told yet, and keeps them', async () => {
    const actorId = `user:${newSuffix()}`;
    const apId = `${kit.federation.url}/users/dave`;
    kit.identity.addActor(actorId, apId);
    await kit.federation.publish(registeredEvent(actorId, 'dave', 1, 'Dave D.'));
    kit.identity.down = true;
    expect((await send(apId)).status).toBe(503);
    kit.identity.down = false;
    expect((await send(apId)).json()).toMatchObject({ name: 'Dave D.', publicKey: { id: `${apId}#main-key` } });
    kit.identity.down = true;
    expect((await send(apId)).status).toBe(200);
    kit.identity.down = false;
  });

  it('answers 404 for an unknown user and 410 with a Tombstone for a deleted one', async () => {
    const { apId, actorId } = await kit.federation.addUser('eve');
    await kit.federation.publish(deletedEvent(actorId, 2));
    const gone = await send(apId, { headers: activityJson });
    expect(gone.status).toBe(410);
    expect(gone.json()).toMatchObject({ type: 'Tombstone', id: apId, formerType: 'Person' });
    for (const part of ['outbox', 'followers', 'following']) expect((await send(`${apId}/${part}`)).status).toBe(410);
    for (const name of ['nobody', 'EVE', '%00', '..%2f', 'a'.repeat(80)]) {
      expect((await send(`${kit.federation.url}/users/${name}`)).status).toBe(404);
    }
    expect((await send(`${kit.federation.url}/users/%E0%A4%A`)).status).toBe(400);
  });
});

describe('GET /users', () => {
  it('lists users by page, without deleted ones', async () => {
    for (const name of ['zoe', 'yan', 'xia']) await kit.federation.addUser(name);
    const first = (await send(`${kit.federation.url}/users?limit=2`)).json();
    expect(first['users']).toHaveLength(2);
    expect((first['users'] as object[])[0]).toEqual({
      username: 'xia',
      display_name: null,
      actor_type: 'human',
      ap_id: `${kit.federation.url}/users/xia`,
      created_at: expect.stringMatching(/Z$/),
    });
    expect(first).toMatchObject({ limit: 2, offset: 0, next: '/users?limit=2&offset=2' });

    const all = (await send(`${kit.federation.url}/users?limit=100`)).json();
    const names = (all['users'] as { username: string }[]).map(({ username }) => username);
    expect(names).not.toContain('eve');
    expect(all).toMatchObject({ total: names.length, next: null });
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'offset=-1', 'offset=10001'])('answers 422 to %s', async (query) => {
    const answer = await send(`${kit.federation.url}/users?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'validation_error', detail: [{ loc: ['query', expect.any(String)] }] });
  });
});
