import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newContentHash } from './lib/api-client.ts';
import { arrival, follow, pageOf, startConversation, type Conversation, type Person } from './lib/conversation.ts';
import type { Arrival, FedifyPeer, Scheme } from './lib/fedify.ts';

type Json = Record<string, unknown>;

const types = ['Create', 'Update', 'Delete'];

let talk: Conversation;

beforeAll(async () => {
  talk = await startConversation();
});
afterAll(() => talk?.remove());

const demands: { takes: Scheme; acceptSignature: boolean; says: string }[] = [
  { takes: 'draft-cavage', acceptSignature: false, says: 'draft-cavage only' },
  { takes: 'rfc9421', acceptSignature: false, says: 'RFC 9421 only' },
  { takes: 'rfc9421', acceptSignature: true, says: 'RFC 9421 only and says so by Accept-Signature' },
];

describe.each(demands)('Fedify that takes $says', ({ takes, acceptSignature }) => {
  let peer: FedifyPeer;
  let person: Person;
  let asset: { name: string; object: string };
  const handle = (): string => `peer@${new URL(peer.url).host}`;

  beforeAll(async () => {
    peer = await talk.newPeer();
    await peer.set({ takes, acceptSignature });
    person = await talk.newPerson();
  });

  const ask = async (path: string, body?: Json, method?: 'PATCH' | 'DELETE'): Promise<Json> => {
    const answer = await call(talk.url, path, { token: person.token, body, ...(method && { method }) });
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  };
  /** What came of a type, after so many arrivals: in the scheme that is taken, and believed by Fedify. */
  const believed = async (type: string, from: number): Promise<Arrival> => {
    const ids = new Set((await peer.received()).received.slice(0, from).map(({ id }) => id));
    const found = await arrival(peer, (each) => each.type === type && !ids.has(each.id));
    expect(found).toMatchObject({ actor: person.apId, scheme: takes, status: 202, effect: true });
    expect(found.httpSignature).toMatchObject({ verified: true });
    return found;
  };
  const countArrived = async (): Promise<number> => (await peer.received()).received.length;
  /** `<scheme> <status>` of each request to the peer's inboxes, after the first `from` of all requests. */
  const knocks = async (from: number): Promise<string[]> =>
    (await peer.wire()).wire
      .slice(from)
      .filter(({ direction, method }) => direction === 'in' && method === 'POST')
      .map(({ scheme, status }) => `${scheme} ${status}`);
  const countPassed = async (): Promise<number> => (await peer.wire()).wire.length;

  it('gets the Accept of its Follow, at the second knock where it has to be', async () => {
    const accept = await follow(peer, person);
    expect(accept).toMatchObject({ scheme: takes, httpSignature: { verified: true }, effect: true });
    expect(await knocks(0)).toEqual(takes === 'rfc9421' ? ['draft-cavage 401', 'rfc9421 202'] : ['draft-cavage 202']);
    if (acceptSignature) {
      const { input } =
        (await peer.wire()).wire.findLast(({ direction, method }) => direction + method === 'inPOST') ?? {};
      expect(input).toMatch(/^sig1=\("@method" "@target-uri" "@authority" "content-digest"/);
    }
    await eventually(async () => {
      const sql = 'SELECT signature_scheme AS scheme FROM remote_hosts WHERE host = $1';
      expect(await talk.rows(sql, [new URL(peer.url).host])).toEqual([{ scheme: takes }]);
    });
    expect(await pageOf(`${person.apId}/followers`)).toEqual([peer.actor]);
  });

  it('gets Create, Update and Delete of a claim at the first knock, with both signatures of the document true', async () => {
    const [from, arrivedBefore] = [await countPassed(), await countArrived()];
    const hash = newContentHash();
    asset = { name: `work-${person.username}`, object: `${talk.url}/objects/${hash}` };
    await ask('/assets', { name: asset.name, content_hash: hash, asset_type: 'video', tags: ['art'] });
    const create = await believed('Create', arrivedBefore);
    expect(create.body['object']).toMatchObject({ id: asset.object });
    await ask(`/assets/${asset.name}`, { tags: ['light'] }, 'PATCH');
    const update = await believed('Update', arrivedBefore);
    await ask(`/assets/${asset.name}`, undefined, 'DELETE');
    const removal = await believed('Delete', arrivedBefore);
    for (const each of [create, update, removal]) {
      expect(each).toMatchObject({ proof: 'verified', linkedDataSignature: 'verified' });
    }
    expect(await knocks(from)).toEqual(types.map(() => `${takes} 202`));
    const states = await eventually(async () => {
      const sql = "SELECT state, attempts FROM deliveries WHERE ap_actor_id = $1 AND kind = 'activity'";
      const rows = await talk.rows(sql, [person.apId]);
      expect(rows.every(({ state }) => state === 'delivered')).toBe(true);
      return rows;
    });
    expect(states).toEqual(types.map(() => ({ state: 'delivered', attempts: 1 })));
  });

  it('hears of a new display name by an Update with the actor as everybody sees it from then on', async () => {
    const before = await countArrived();
    const name = `<img src=x onerror="alert(1)"> & ${person.username} ☃`;
    await ask('/auth/me', { display_name: name }, 'PATCH');
    const update = await believed('Update', before);
    expect(update.id).toMatch(new RegExp(`^${person.apId}#updates/name-\\d+$`));
    const { '@context': _, ...present } = await ask(`/users/${person.username}`);
    expect(present).toMatchObject({ id: person.apId, name });
    expect(update.body['object']).toEqual(present);
    const { users } = (await ask('/users')) as { users: Json[] };
    expect(users.find(({ username }) => username === person.username)).toMatchObject({ display_name: name });
  });

  it('hears of a profile that was changed, in which what was written is text', async () => {
    const before = await countArrived();
    const profile = { bio: 'I <b>paint</b> & draw.\nA lot.', website_url: 'https://example.org/', avatar_url: null };
    await ask(`/api/identities/${person.username}`, profile, 'PATCH');
    const update = await believed('Update', before);
    expect(update.id).toBe(`${person.apId}#updates/profile-1`);
    const { '@context': _, ...present } = await ask(`/users/${person.username}`);
    expect(present).toMatchObject({
      summary: '<p>I &lt;b&gt;paint&lt;/b&gt; &amp; draw.<br>A lot.</p>',
      attachment: [{ type: 'PropertyValue', name: 'Website' }],
    });
    expect(update.body['object']).toEqual(present);
  });

  it('hears of our new keys by an Update that the new RSA key signs, and believes what comes after', async () => {
    const before = await countArrived();
    const former = await ask(`/users/${person.username}`);
    await talk.admin('rotate-key', 'ap-actor', '--user', person.username);
    const update = await believed('Update', before);
    expect(update.id).toMatch(new RegExp(`^${person.apId}#updates/keys-\\d+$`));
    const present = await ask(`/users/${person.username}`);
    expect(update.body['object']).toMatchObject({ publicKey: present['publicKey'] });
    const { id: keyId } = present['publicKey'] as Json;
    expect(keyId).not.toEqual((former['publicKey'] as Json)['id']);
    expect(update.httpSignature.keyId).toBe(keyId);
    const name = `next-${person.username}`;
    const hash = newContentHash();
    await ask('/assets', { name, content_hash: hash, asset_type: 'image' });
    const create = await believed('Create', before);
    expect(create).toMatchObject({
      httpSignature: { keyId },
      proof: 'verified',
      linkedDataSignature: 'verified',
      body: { signature: { creator: keyId } },
    });
    asset = { name, object: `${talk.url}/objects/${hash}` };
    // By somebody who has never seen the former keys, the claims of before are believed as well.
    await peer.forget();
    const earlier = (await peer.received()).received.filter(({ type, body }) => type === 'Create' && body['proof']);
    const verdicts = await peer.verify(earlier.map(({ body }) => body));
    expect(verdicts.map(({ proof }) => proof)).toEqual(['verified', 'verified']);
  });

  it('is followed by us and accepts: what it says then is kept, and it is let go by an Undo', async () => {
    await peer.set({ answersFollows: 'Accept' });
    const before = await countArrived();
    expect(await ask('/follow', { target: handle() })).toMatchObject({ target: peer.actor });
    const asked = await believed('Follow', before);
    expect(asked.body).toMatchObject({ object: peer.actor });
    await eventually(async () => expect(await pageOf(`${person.apId}/following`)).toEqual([peer.actor]));
    const note = await peer.send({ target: person.acct, what: 'create', content: 'To those who follow me.' });
    expect(note.refused).toBeNull();
    expect(await talk.rows('SELECT type FROM inbox_log WHERE activity_id = $1', [note.id])).toEqual([
      { type: 'Create' },
    ]);
    expect(await ask('/unfollow', { target: handle() })).toMatchObject({ state: 'none' });
    const undo = await believed('Undo', before);
    expect(undo.body['object']).toMatchObject({ id: asked.id, type: 'Follow' });
    expect(await pageOf(`${person.apId}/following`)).toEqual([]);
  });

  it('is followed by us and rejects: it is not among whom we follow', async () => {
    await peer.set({ answersFollows: 'Reject' });
    const before = await countArrived();
    await ask('/follow', { target: peer.actor });
    await believed('Follow', before);
    await eventually(async () => {
      const sql = 'SELECT state FROM following WHERE username = $1 AND target_ap_id = $2';
      expect(await talk.rows(sql, [person.username, peer.actor])).toEqual([{ state: 'rejected' }]);
    });
    expect(await pageOf(`${person.apId}/following`)).toEqual([]);
  });

  it('gets the Announce of what we share, and its Undo', async () => {
    const before = await countArrived();
    const { share_id: shareId } = await ask('/share', { object: asset.object });
    const announce = await believed('Announce', before);
    expect(announce).toMatchObject({ id: shareId, linkedDataSignature: 'verified', body: { object: asset.object } });
    expect(await pageOf(`${asset.object}/shares`)).toEqual([shareId]);
    await ask('/unshare', { object: asset.object });
    const undo = await believed('Undo', before);
    expect(JSON.stringify(undo.body['object'])).toContain(String(shareId));
    expect(await pageOf(`${asset.object}/shares`)).toEqual([]);
  });

  it('was never knocked at twice again', async () => {
    const refused = (await knocks(0)).filter((knock) => knock.endsWith('401'));
    expect(refused).toEqual(takes === 'rfc9421' ? ['draft-cavage 401'] : []);
  });
});
