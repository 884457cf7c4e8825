import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { claimText } from '../testing/claim-text.testing.ts';
import { assetEvent, deletedEvent, keysEvent, registeredEvent } from '../testing/events.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { orders } from '../testing/orders.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

const actorRow = async (actorId: string) =>
  kit.sql(
    `SELECT username, ap_id, type, display_name, actor_version, keys_version, jsonb_array_length(public_keys) AS keys,
       deleted_at IS NOT NULL AS deleted FROM ap_actors WHERE actor_id = $1`,
    [actorId],
  );

const follow = (username: string, name: string, inbox: string, sharedInbox: string | null = null) =>
  kit.sql(
    `INSERT INTO followers (username, follower_ap_id, inbox, shared_inbox, follow_activity_id) VALUES ($1, $2, $3, $4, $2)`,
    [username, `https://remote.example/users/${name}`, inbox, sharedInbox],
  );

describe('actors', () => {
  it.each(orders(3))(
    'end the same whatever the order of registration, its second version and deletion: %j',
    async (...order) => {
      const actorId = `user:${newSuffix()}`;
      const username = `u${newSuffix().slice(-12)}`;
      const events = [
        registeredEvent(actorId, username, 1, 'Old name'),
        registeredEvent(actorId, username, 2, 'New name'),
        deletedEvent(actorId, 3),
      ];
      await kit.federation.publish(...order.flatMap((i) => events[i] ?? []));
      const [row] = await actorRow(actorId);
      expect(row).toMatchObject({ actor_version: 3, deleted: true });
    },
  );

  it.each(orders(3))('end the same whatever the order of registration and two sets of keys: %j', async (...order) => {
    const actorId = `user:${newSuffix()}`;
    const username = `u${newSuffix().slice(-12)}`;
    const apId = `${kit.federation.url}/users/${username}`;
    const key = (name: string) => ({
      key_id: `${apId}#${name}`,
      kind: 'rsa' as const,
      status: 'primary' as const,
      public_key_pem: 'pem',
    });
    const events = [
      registeredEvent(actorId, username, 1, 'Name'),
      keysEvent(actorId, username, [key('main-key')], 1),
      keysEvent(actorId, username, [key('main-key-2'), key('main-key-3')], 2),
    ];
    await kit.federation.publish(...order.flatMap((i) => events[i] ?? []));
    expect(await actorRow(actorId)).toEqual([
      {
        ...{ username, ap_id: apId, type: 'Person', display_name: 'Name' },
        ...{ actor_version: 1, keys_version: 2, keys: 2, deleted: false },
      },
    ]);
  });

  it('of the kind service are not made by their keys alone', async () => {
    await kit.federation.publish(keysEvent('service:log', 'log', [], 1));
    expect(await actorRow('service:log')).toEqual([]);
  });
});

describe('claims', () => {
  it.each(orders(3))('end the same whatever the order of Create, Update and Delete: %j', async (...order) => {
    const username = `u${newSuffix().slice(-12)}`;
    const user = await kit.federation.addUser(username);
    await follow(username, 'a', 'https://127.0.0.1:1/a/inbox');
    const asset = user.newAsset();
    const events = [
      assetEvent('registered', asset, 1),
      assetEvent('updated', asset, 2),
      assetEvent('deleted', asset, 3),
    ];
    await kit.federation.publish(...order.flatMap((i) => events[i] ?? []));

    const published = await kit.sql('SELECT document FROM publications WHERE ap_actor_id = $1', [user.apId]);
    expect(published.map(({ document }) => claimText(String(document))).toSorted()).toEqual(
      events.map(({ data }) => JSON.stringify(data.activity)).toSorted(),
    );
    const jobs = await kit.sql(
      `SELECT p.document::jsonb ->> 'type' AS type FROM deliveries d JOIN publications p USING (activity_id)
       WHERE d.ap_actor_id = $1 ORDER BY d.created_at, d.id`,
      [user.apId],
    );
    expect(jobs.map(({ type }) => type)).toEqual(['Create', 'Update', 'Delete']);
    const announced = await kit.sql(
      "SELECT 1 FROM outbox WHERE type = 'activity-published' AND payload::jsonb ->> 'subject' = ANY($1)",
      [events.map(({ data }) => data.activity.id.split('/').at(-1))],
    );
    expect(announced).toHaveLength(3);
  });

  it('make one delivery per inbox, the shared one where there is one', async () => {
    const username = `u${newSuffix().slice(-12)}`;
    const user = await kit.federation.addUser(username);
    await follow(username, 'a', 'https://127.0.0.1:1/a/inbox', 'https://127.0.0.1:1/inbox');
    await follow(username, 'b', 'https://127.0.0.1:1/b/inbox', 'https://127.0.0.1:1/inbox');
    await follow(username, 'c', 'https://127.0.0.1:1/c/inbox');
    await follow('somebody-else', 'd', 'https://127.0.0.1:1/d/inbox');
    const event = assetEvent('registered', user.newAsset(), 1);
    await kit.federation.publish(event, { ...event, id: `${event.id}x` });
    expect(await kit.sql('SELECT inbox FROM deliveries WHERE ap_actor_id = $1 ORDER BY inbox', [user.apId])).toEqual([
      { inbox: 'https://127.0.0.1:1/c/inbox' },
      { inbox: 'https://127.0.0.1:1/inbox' },
    ]);
  });

  it('of an actor not heard of yet are kept until it is known', async () => {
    const owner = await kit.federation.addUser(`u${newSuffix().slice(-12)}`);
    const asset = { ...owner.newAsset(), username: 'stranger' };
    await kit.federation.publish(assetEvent('registered', asset, 1));
    expect(
      await kit.sql('SELECT 1 FROM publications WHERE ap_actor_id = $1', [`${kit.federation.url}/users/stranger`]),
    ).toHaveLength(1);
  });
});
