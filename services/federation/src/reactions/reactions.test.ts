import { beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { newSuffix } from '@artdag/service-kit';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent, deletedEvent, erasedEvent } from '../testing/events.testing.ts';
import { send } from '../testing/http-client.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';
import type { RemotePeer } from '../testing/remote-peer.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
type List = 'likes' | 'shares' | 'replies';

let peer: RemotePeer;
beforeEach(async () => {
  peer = await kit.startPeer();
});

/** Something that was really published: by whom, its URL and that of the activity. */
async function publish() {
  const user = await kit.federation.addUser(`u${newSuffix().slice(-12)}`);
  const asset = user.newAsset();
  const event = assetEvent('registered', asset, 1);
  await kit.federation.publish(event);
  const object = `${kit.federation.url}/objects/${asset.contentHash}`;
  return { user, asset, event, object, activity: event.data.activity.id };
}

const listOf = async (object: string, list: List) => (await send(`${object}/${list}?page=1`)).json()['orderedItems'];
const countsOf = async (object: string) =>
  Promise.all(
    (['likes', 'shares', 'replies'] as const).map(
      async (list) => (await send(`${object}/${list}`)).json()['totalItems'],
    ),
  );

/** Sends an activity and resolves once it has been processed; answers it and what it did. */
async function say(name: string, fields: Record<string, unknown>) {
  const activity = peer.activity(name, fields);
  expect((await peer.post(name, `${kit.federation.url}/inbox`, activity)).status).toBe(202);
  const find = 'SELECT result FROM inbox_log WHERE activity_id = $1';
  const result = await eventually(async () => {
    const [row] = await kit.sql(find, [activity.id]);
    expect(row?.['result']).toEqual(expect.any(String));
    return row?.['result'];
  });
  return { activity, id: activity.id, result };
}

const noteOf = (name: string, inReplyTo: unknown, id = `${peer.url}/notes/${newSuffix()}`) => ({
  ...{ type: 'Note', id, attributedTo: peer.actorUrl(name), inReplyTo, content: 'Fine.' },
});

describe('a reaction to what was published here', () => {
  it('is counted and shown, whether it names the object or the activity', async () => {
    const { object, activity } = await publish();
    const like = await say('alice', { type: 'Like', object });
    const second = await say('bob', { type: 'Like', object: { id: activity, type: 'Create' } });
    const share = await say('alice', { type: 'Announce', object: `${object}#ast_1` });
    const note = noteOf('alice', object);
    const reply = await say('alice', { type: 'Create', object: note });
    const another = noteOf('alice', activity);
    await say('alice', { type: 'Create', object: another });
    expect([like, second, share, reply].map(({ result }) => result)).toEqual(['liked', 'liked', 'shared', 'replied']);
    expect(await countsOf(object)).toEqual([2, 1, 2]);
    expect(await listOf(object, 'likes')).toEqual([second.id, like.id]);
    expect(await listOf(object, 'shares')).toEqual([share.id]);
    expect(await listOf(object, 'replies')).toEqual([another.id, note.id]);
    expect((await send(`${object}/likes`, { headers: [['accept', 'application/activity+json']] })).json()).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ id: `${object}/likes`, type: 'OrderedCollection', totalItems: 2 },
      ...{ first: `${object}/likes?page=1`, last: `${object}/likes?page=1` },
    });
    const metrics = await send(`${kit.federation.url}/metrics`);
    expect(metrics.text).toMatch(/inbox_\w*\{[^}]*"liked"/);
  });

  it('counts once for each actor, under whatever id it comes', async () => {
    const { object } = await publish();
    const { activity } = await say('alice', { type: 'Like', object });
    expect((await say('alice', { type: 'Like', object })).result).toBe('ignored');
    expect((await peer.post('alice', `${kit.federation.url}/inbox`, activity)).status).toBe(202);
    await say('bob', { type: 'Like', object });
    expect(await countsOf(object)).toEqual([2, 0, 0]);
  });

  it('is ignored when nothing of the kind was published here', async () => {
    const { object, user } = await publish();
    const { url } = kit.federation;
    const nothing = [
      `${url}/objects/${'ab'.repeat(32)}`,
      `${url}/activities/5f0c1d3e-0000-4000-8000-000000000001`,
      `${object}?x=y`,
      user.apId,
      'https://elsewhere.example/objects/1',
      [object],
      null,
    ];
    for (const target of nothing) {
      expect((await say('alice', { type: 'Like', object: target, cc: [user.apId] })).result).toBe('ignored');
    }
    expect(await kit.sql('SELECT 1 FROM reactions WHERE ap_actor = $1', [peer.actorUrl('alice')])).toEqual([]);
  });

  it.each(['constructor', 'hasOwnProperty', 'toString', '__proto__'])('is ignored as a %s of it', async (type) => {
    const { object, user } = await publish();
    expect((await say('alice', { type, object, cc: [user.apId] })).result).toBe('ignored');
    const undo = (kind: unknown) => say('alice', { type: 'Undo', object: { type: kind, object }, cc: [user.apId] });
    expect((await undo(type)).result).toBe('ignored');
    expect((await undo({ toString: 1 })).result).toBe('ignored');
  });

  it('is no reply when the note is another’s, or on another host', async () => {
    const { object } = await publish();
    const notes = [
      noteOf('bob', object),
      noteOf('alice', object, 'https://elsewhere.example/notes/1'),
      { ...noteOf('alice', object), attributedTo: undefined },
      noteOf('alice', [object]),
      `${peer.url}/notes/1`,
    ];
    for (const note of notes) {
      expect((await say('alice', { type: 'Create', object: note, cc: [object] })).result).toBe('ignored');
    }
    expect(await countsOf(object)).toEqual([0, 0, 0]);
  });
});

describe('a reaction ends', () => {
  it('by an Undo, which names or embeds it, of who made it; a new one counts again afterwards, the old one does not', async () => {
    const { object } = await publish();
    const like = await say('alice', { type: 'Like', object });
    const share = await say('alice', { type: 'Announce', object });
    for (const undone of [like.id, like.activity, { type: 'Like', object }])
      expect((await say('bob', { type: 'Undo', object: undone })).result).toBe('ignored');
    expect(await countsOf(object)).toEqual([1, 1, 0]);
    expect((await say('alice', { type: 'Undo', object: like.id })).result).toBe('reaction_ended');
    expect((await say('alice', { type: 'Undo', object: { type: 'Announce', object } })).result).toBe('reaction_ended');
    expect(await countsOf(object)).toEqual([0, 0, 0]);
    expect((await say('alice', { type: 'Undo', object: share.activity })).result).toBe('ignored');
    await peer.post('alice', `${kit.federation.url}/inbox`, like.activity);
    await say('alice', { type: 'Announce', object });
    expect(await countsOf(object)).toEqual([0, 1, 0]);
  });

  it('by the Delete of the note, or of the actor', async () => {
    const { object } = await publish();
    const note = noteOf('alice', object);
    await say('alice', { type: 'Create', object: note });
    await say('bob', { type: 'Create', object: noteOf('bob', object) });
    await say('bob', { type: 'Like', object });
    expect((await say('bob', { type: 'Delete', object: note.id })).result).toBe('ignored');
    expect((await say('alice', { type: 'Delete', object: { type: 'Tombstone', id: note.id } })).result).toBe(
      'reaction_ended',
    );
    expect(await countsOf(object)).toEqual([1, 0, 1]);
    expect((await say('bob', { type: 'Delete', object: peer.actorUrl('bob') })).result).toBe('actor_deleted');
    expect(await countsOf(object)).toEqual([0, 0, 0]);
  });

  it('with the asset when that is erased, unless somebody else has published the same content', async () => {
    const { object, asset, event, user } = await publish();
    const other = await kit.federation.addUser(`u${newSuffix().slice(-12)}`);
    const same = { ...other.newAsset(), contentHash: asset.contentHash };
    const another = assetEvent('registered', same, 1);
    await kit.federation.publish(another);
    await say('alice', { type: 'Like', object });
    await kit.federation.publish(erasedEvent(asset, [event]));
    expect(await countsOf(object)).toEqual([1, 0, 0]);
    const events = [another, assetEvent('deleted', same, 2)];
    for (const published of events.slice(1)) await kit.federation.publish(published);
    await kit.federation.publish(erasedEvent(same, events));
    const answer = await send(`${object}/likes`);
    expect([answer.status, answer.json()['code']]).toEqual([410, 'gone']);
    expect(await kit.sql('SELECT 1 FROM reactions WHERE object_id = $1', [object])).toEqual([]);
    expect((await say('bob', { type: 'Like', object })).result).toBe('ignored');
    expect(user.apId).not.toBe(other.apId);
  });

  it('with the account that published', async () => {
    const { object, user } = await publish();
    await say('alice', { type: 'Like', object });
    await kit.federation.publish(deletedEvent(user.actorId, 2));
    await eventually(async () => expect((await send(`${object}/likes`)).status).toBe(404));
    expect(await kit.sql('SELECT 1 FROM reactions WHERE object_id = $1', [object])).toEqual([]);
  });
});

it.each(['likes', 'shares', 'replies'])('GET …/%s of what is no object here is 404', async (list) => {
  for (const hash of ['ab'.repeat(32), 'x', 'AB'.repeat(32)])
    expect((await send(`${kit.federation.url}/objects/${hash}/${list}`)).status).toBe(404);
});
