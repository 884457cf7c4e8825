import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { newSuffix, sleep } from '@artdag/service-kit';
import { createTestDatabase, quietLogger, startFakeAuth } from '@artdag/testing';
import { deletedEvent, keysEvent, profileEvent, registeredEvent, updatedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import { orders } from '../testing/orders.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });

const rowOf = (actorId: string) =>
  kit.sql('SELECT display_name, actor_version, deleted_at IS NOT NULL AS deleted FROM ap_actors WHERE actor_id = $1', [
    actorId,
  ]);

const follow = (username: string) =>
  kit.sql(
    `INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id)
     VALUES ($1, 'https://remote.example/users/a', 'https://127.0.0.1:1/a/inbox', 'https://remote.example/follow')`,
    [username],
  );

/** An actor of whom only the keys have been told. */
const withKeys = async () => {
  const actorId = `user:${newSuffix()}`;
  const username = `u${newSuffix().slice(-12)}`;
  const apId = `${kit.federation.url}/users/${username}`;
  const { keys, version } = kit.identity.addActor(actorId, apId);
  await kit.federation.publish(keysEvent(actorId, username, keys, version));
  await follow(username);
  return { actorId, username, apId };
};
const updatesOf = async (apId: string) => {
  const sql = "SELECT body FROM deliveries WHERE ap_actor_id = $1 AND kind = 'update' ORDER BY created_at";
  return (await kit.sql(sql, [apId])).map(({ body }) => JSON.parse(String(body)) as Record<string, unknown>);
};

describe('a name that is changed in auth', () => {
  const known = (actorId: string, version: number, name: string, status = 'active') =>
    kit.auth.actors.set(actorId, { actor_id: actorId, display_name: name, status, version });
  const listed = async (username: string) => {
    const { users } = (await send(`${kit.federation.url}/users?limit=100`)).json();
    return (users as Record<string, unknown>[]).find((user) => user['username'] === username)?.['display_name'];
  };

  it.each(orders(3))(
    'is shown and told once, whatever the order of registration and two changes: %j',
    async (...order) => {
      const { actorId, username, apId } = await withKeys();
      known(actorId, 3, 'Third name');
      const events = [
        registeredEvent(actorId, username, 1, 'First name'),
        updatedEvent(actorId, 2),
        updatedEvent(actorId, 3),
      ];
      await kit.federation.publish(...order.flatMap((i) => events[i] ?? []));
      expect(await rowOf(actorId)).toMatchObject([{ display_name: 'Third name', actor_version: 3 }]);
      expect((await updatesOf(apId)).map(({ id }) => id)).toEqual([`${apId}#updates/name-3`]);
    },
  );

  it.each(orders(3))(
    'revives nobody, whatever the order of registration, change and deletion: %j',
    async (...order) => {
      const { actorId, username, apId } = await withKeys();
      // As auth answered before the deletion.
      known(actorId, 2, 'Second name');
      const events = [
        registeredEvent(actorId, username, 1, 'First name'),
        updatedEvent(actorId, 2),
        deletedEvent(actorId, 3),
      ];
      await kit.federation.publish(...order.flatMap((i) => events[i] ?? []));
      expect(await rowOf(actorId)).toMatchObject([{ display_name: null, actor_version: 3, deleted: true }]);
      expect((await send(apId)).status).toBe(410);
    },
  );

  it('is plain text to the fediverse, whatever it looks like', async () => {
    const { actorId, username, apId } = await withKeys();
    const name = `<img src=x onerror="alert('1')"> & </script> ☃`;
    known(actorId, 2, name);
    await kit.federation.publish(registeredEvent(actorId, username, 1, 'Before'), updatedEvent(actorId, 2));
    const { '@context': context, ...object } = (await send(apId)).json();
    expect(object['name']).toBe(name);
    expect(await listed(username)).toBe(name);
    expect(await updatesOf(apId)).toEqual([
      {
        ...{ '@context': context, type: 'Update', id: `${apId}#updates/name-2`, actor: apId },
        to: ['https://www.w3.org/ns/activitystreams#Public'],
        cc: [`${apId}/followers`],
        object,
      },
    ]);
  });

  it('is told to nobody when nothing is shown otherwise, or nobody can have been shown the actor', async () => {
    const same = await withKeys();
    known(same.actorId, 2, 'Name');
    await kit.federation.publish(registeredEvent(same.actorId, same.username, 1, 'Name'));
    await kit.federation.publish(updatedEvent(same.actorId, 2));
    expect(await rowOf(same.actorId)).toMatchObject([{ actor_version: 2 }]);
    expect(await updatesOf(same.apId)).toEqual([]);

    const keyless = `user:${newSuffix()}`;
    const username = `u${newSuffix().slice(-12)}`;
    await follow(username);
    known(keyless, 2, 'Second');
    await kit.federation.publish(registeredEvent(keyless, username, 1, 'First'), updatedEvent(keyless, 2));
    expect(await listed(username)).toBe('Second');
    expect(await updatesOf(`${kit.federation.url}/users/${username}`)).toEqual([]);
  });

  it('of one that auth says is deleted stays what it was until the deletion is told', async () => {
    const { actorId, username } = await withKeys();
    known(actorId, 3, 'Deleted account', 'deleted');
    await kit.federation.publish(registeredEvent(actorId, username, 1, 'First'), updatedEvent(actorId, 2));
    expect(await rowOf(actorId)).toMatchObject([{ display_name: 'First', actor_version: 1 }]);
  });

  it('is asked for again while auth is away, and while it answers what was before', async () => {
    const { actorId, username } = await withKeys();
    await kit.federation.publish(registeredEvent(actorId, username, 1, 'First'));
    known(actorId, 1, 'First');
    kit.auth.down = true;
    const told = kit.federation.publish(updatedEvent(actorId, 2));
    await sleep(50);
    kit.auth.down = false;
    await sleep(50);
    expect(await rowOf(actorId)).toMatchObject([{ display_name: 'First', actor_version: 1 }]);
    known(actorId, 2, 'Second');
    await told;
    expect(await rowOf(actorId)).toMatchObject([{ display_name: 'Second', actor_version: 2 }]);
  });
});

describe('a profile that is changed in identity', () => {
  const says = (actorId: string, version: number, texts: { bio?: string; avatar_url?: string; website_url?: string }) =>
    kit.identity.profiles.set(actorId, {
      ...{ actor_id: actorId, bio: null, avatar_url: null, website_url: null, version },
      ...texts,
    });

  it.each(orders(3))('is told once, whatever the order of registration and two changes: %j', async (...order) => {
    const { actorId, username, apId } = await withKeys();
    says(actorId, 2, { bio: 'Second' });
    const events = [registeredEvent(actorId, username), profileEvent(actorId, 1), profileEvent(actorId, 2)];
    await kit.federation.publish(...order.flatMap((i) => events[i] ?? []));
    expect((await send(apId)).json()).toMatchObject({ summary: '<p>Second</p>' });
    expect((await updatesOf(apId)).map(({ id }) => id)).toEqual([`${apId}#updates/profile-2`]);
  });

  it('is HTML where the fediverse has HTML, and none of it comes from what somebody wrote', async () => {
    const { actorId, username, apId } = await withKeys();
    says(actorId, 1, {
      bio: `Tom & "Jerry" <script>alert('1')</script>\r\nsecond line\n\n\nsecond paragraph\n`,
      avatar_url: 'https://media.example/a.png',
      website_url: `https://example.org/?a=1&b='"><script>`,
    });
    await kit.federation.publish(registeredEvent(actorId, username), profileEvent(actorId, 1));
    const { '@context': context, ...object } = (await send(apId)).json();
    const address = 'https://example.org/?a=1&amp;b=&#39;&quot;&gt;&lt;script&gt;';
    expect(object).toMatchObject({
      summary:
        '<p>Tom &amp; &quot;Jerry&quot; &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;<br>second line</p><p>second paragraph</p>',
      icon: { type: 'Image', url: 'https://media.example/a.png' },
      attachment: [
        {
          ...{ type: 'PropertyValue', name: 'Website' },
          value: `<a href="${address}" rel="me nofollow noopener">${address}</a>`,
        },
      ],
    });
    expect((context as object[]).at(-1)).toEqual({
      schema: 'http://schema.org#',
      PropertyValue: 'schema:PropertyValue',
      value: 'schema:value',
    });
    expect(await updatesOf(apId)).toMatchObject([{ '@context': context, type: 'Update', object }]);

    says(actorId, 2, {});
    await kit.federation.publish(profileEvent(actorId, 2));
    const bare = (await send(apId)).json();
    for (const name of ['summary', 'icon', 'attachment']) expect(bare).not.toHaveProperty(name);
  });

  it('goes with its actor, and does not come back', async () => {
    const { actorId, username, apId } = await withKeys();
    says(actorId, 1, { bio: 'Secret', website_url: 'https://secret.example/' });
    await kit.federation.publish(registeredEvent(actorId, username), profileEvent(actorId, 1));
    says(actorId, 2, { bio: 'Later' });
    await kit.federation.publish(deletedEvent(actorId, 2), profileEvent(actorId, 2));
    expect((await send(apId)).status).toBe(410);
    const sql = 'SELECT bio, avatar_url, website_url FROM ap_actors WHERE actor_id = $1';
    expect(await kit.sql(sql, [actorId])).toEqual([{ bio: null, avatar_url: null, website_url: null }]);
  });

  it('is asked for again while identity answers what was before, and not of whom it does not know', async () => {
    const { actorId, username, apId } = await withKeys();
    await kit.federation.publish(registeredEvent(actorId, username), profileEvent(actorId, 1));
    says(actorId, 2, { bio: 'Before' });
    const told = kit.federation.publish(profileEvent(actorId, 3));
    await sleep(50);
    expect((await send(apId)).json()).not.toHaveProperty('summary');
    says(actorId, 3, { bio: 'After' });
    await told;
    expect((await send(apId)).json()).toMatchObject({ summary: '<p>After</p>' });
  });
});
