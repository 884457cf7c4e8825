import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { newContentHash, registerAsset } from './lib/api-client.ts';
import { follow, pageOf, startConversation, type Conversation, type Person } from './lib/conversation.ts';
import type { FedifyPeer, Passed, Scheme, Sent } from './lib/fedify.ts';

let talk: Conversation;

beforeAll(async () => {
  talk = await startConversation();
});
afterAll(() => talk?.remove());

/** What is written down of an activity, once it was processed. */
async function stored({ id }: Pick<Sent, 'id'>): Promise<Record<string, unknown>> {
  return await eventually(async () => {
    const sql = `SELECT type, result, proof_verdict, payload::jsonb ? 'signature' AS "hasSignature" FROM inbox_log
      WHERE activity_id = $1 AND queue_place IS NULL`;
    const [row] = await talk.rows(sql, [id]);
    if (!row) throw new Error(`${id} is not processed`);
    return row;
  });
}

const countStored = async ({ id }: Pick<Sent, 'id'>): Promise<number> =>
  (await talk.rows('SELECT 1 FROM inbox_log WHERE activity_id = $1', [id])).length;

/** The requests to our inboxes since the first `from` of all. */
async function posted(peer: FedifyPeer, from = 0): Promise<Passed[]> {
  return (await peer.wire()).wire
    .slice(from)
    .filter(({ direction, method }) => direction === 'out' && method === 'POST');
}

/** How often we read the peer's actor. */
async function readings(peer: FedifyPeer): Promise<number> {
  return (await peer.wire()).wire.filter(({ direction, method }) => direction === 'in' && method === 'GET').length;
}

describe.each<Scheme>(['draft-cavage', 'rfc9421'])('Fedify that signs by %s', (speaks) => {
  let peer: FedifyPeer;
  let person: Person;
  let object: string;
  const send = (what: string, about: Record<string, unknown> = {}) =>
    peer.send({ target: person.acct, what, ...about });

  beforeAll(async () => {
    peer = await talk.newPeer();
    await peer.set({ speaks });
    person = await talk.newPerson();
    const hash = newContentHash();
    await registerAsset(talk.url, person.token, `work-${person.username}`, hash);
    object = `${talk.url}/objects/${hash}`;
  });

  it('follows: its Follow is taken at once, the Accept verified by Fedify, and it is a follower', async () => {
    const accept = await follow(peer, person);
    expect(accept).toMatchObject({ actor: person.apId, httpSignature: { verified: true }, effect: true });
    expect(await pageOf(`${person.apId}/followers`)).toEqual([peer.actor]);
    expect(await posted(peer)).toMatchObject([
      { scheme: speaks, status: 202, keyId: `${peer.actor}#main-key`, url: `${person.apId}/inbox` },
    ]);
  });

  it.each([
    ['create', 1],
    ['update', 1],
    ['delete', 0],
  ])('tells of its own note, a reply: %s is kept with a proof that is true, and %d is shown', async (what, shown) => {
    const uuid = `a-note-${speaks}`;
    const from = (await peer.wire()).wire.length;
    const said = await send(what, { uuid, content: `To ${what}`, inReplyTo: object });
    const note = `${peer.url}/notes/${uuid}`;
    expect(said).toMatchObject({ refused: null, object: note });
    expect(await posted(peer, from)).toMatchObject([{ scheme: speaks, status: 202 }]);
    expect(await stored(said)).toMatchObject({ proof_verdict: 'valid', hasSignature: true });
    expect(await pageOf(`${object}/replies`)).toEqual(shown === 1 ? [note] : []);
  });

  it.each([
    ['like', 'Like', 'likes'],
    ['announce', 'Announce', 'shares'],
  ])('tells of a %s of ours, which is shown until it is undone', async (what, type, collection) => {
    const said = await send(what, { object });
    expect(said.refused).toBeNull();
    expect(await stored(said)).toMatchObject({ proof_verdict: 'valid' });
    expect(await pageOf(`${object}/${collection}`)).toEqual([said.id]);
    const undone = await send('undo', { id: said.id, type, object });
    expect(undone.refused).toBeNull();
    expect(await stored(undone)).toMatchObject({ type: 'Undo' });
    expect(await pageOf(`${object}/${collection}`)).toEqual([]);
  });

  it('may attach a Linked Data Signature that is false: it is never read', async () => {
    const { id } = await send('like', { object });
    const [row] = await talk.rows<{ payload: string }>('SELECT payload FROM inbox_log WHERE activity_id = $1', [id]);
    const document = JSON.parse(row?.payload ?? '') as { signature: Record<string, unknown>; proof?: unknown };
    expect(document.signature['type']).toBe('RsaSignature2017');
    const forged = { ...document, id: `${id}-2`, signature: { ...document.signature, signatureValue: 'AAAA' } };
    delete forged.proof;
    const inbox = `${person.apId}/inbox`;
    expect(await peer.post({ inbox, document: forged })).toEqual({ status: 202, body: '' });
    expect(await stored(forged)).toMatchObject({ type: 'Like', proof_verdict: null });
    // A false proof is not ignored.
    const altered = { ...document, id: `${id}-3` };
    expect(await peer.post({ inbox, document: altered })).toMatchObject({
      status: 401,
      body: expect.stringContaining('proof_invalid'),
    });
    expect(await countStored(altered)).toBe(0);
  });

  it('forwards what another server’s actor has signed: refused, whatever its proof and signature say', async () => {
    const author = await talk.newPeer();
    await author.set({ speaks });
    await peer.set({ forwardsTo: person.apId });
    const from = (await peer.wire()).wire.length;
    const said = await author.send({ target: peer.actor, what: 'create', content: 'Passed on.' });
    await peer.set({ forwardsTo: null });
    const forwarded = await posted(peer, from);
    expect(forwarded.length).toBeGreaterThan(0);
    for (const { status } of forwarded) expect(status).toBe(401);
    expect(await countStored(said)).toBe(0);
  });

  it('undoes its Follow', async () => {
    expect(await peer.unfollow(person.acct)).toMatchObject({ refused: null });
    await eventually(async () => expect(await pageOf(`${person.apId}/followers`)).toEqual([]));
  });

  it('follows again, and leaves: its actor answers 410, and nothing of its follow remains', async () => {
    await follow(peer, person);
    await peer.set({ gone: true });
    expect(await send('leave')).toMatchObject({ refused: null, object: peer.actor });
    await eventually(async () => expect(await pageOf(`${person.apId}/followers`)).toEqual([]));
    const keys = await talk.rows('SELECT public_key_pem FROM remote_actors WHERE ap_id = $1 AND NOT gone', [
      peer.actor,
    ]);
    expect(keys).toEqual([]);
  });

  describe.each([true, false])('and changes its RSA key, under the same id: %s', (sameId) => {
    let changing: FedifyPeer;
    const like = (o: { former: boolean }) => changing.send({ target: person.acct, what: 'like', object, ...o });

    beforeAll(async () => {
      changing = await talk.newPeer();
      await changing.set({ speaks });
      await follow(changing, person);
      await changing.rotate({ sameId });
    });

    it('is believed after its actor was read once more', async () => {
      const read = await readings(changing);
      expect(read).toBe(1);
      const said = await like({ former: false });
      expect(said.refused).toBeNull();
      expect(await readings(changing)).toBe(read + 1);
      expect(await stored(said)).toMatchObject({ type: 'Like' });
    });

    it('is refused with its former key, in both schemes, and read no more for that', async () => {
      const read = await readings(changing);
      const from = (await changing.wire()).wire.length;
      const said = await like({ former: true });
      expect(said.refused).toMatchObject({ status: 401 });
      const knocks = await posted(changing, from);
      expect(new Set(knocks.map(({ scheme }) => scheme))).toEqual(new Set(['draft-cavage', 'rfc9421']));
      expect(knocks.every(({ status }) => status === 401)).toBe(true);
      expect(await countStored(said)).toBe(0);
      expect(await readings(changing)).toBe(read);
    });

    it('goes on with the present key', async () => {
      const said = await like({ former: false });
      expect(said.refused).toBeNull();
      expect(await stored(said)).toMatchObject({ type: 'Like' });
    });
  });
});
