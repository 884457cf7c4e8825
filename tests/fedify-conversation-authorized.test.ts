import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, newContentHash, registerAsset } from './lib/api-client.ts';
import { arrival, follow, startConversation, type Conversation, type Person } from './lib/conversation.ts';
import type { FedifyPeer, Passed, Scheme } from './lib/fedify.ts';

let talk: Conversation;
let person: Person;

beforeAll(async () => {
  talk = await startConversation({ AUTHORIZED_FETCH: 'true' });
  person = await talk.newPerson();
});
afterAll(() => talk?.remove());

const requests = async (peer: FedifyPeer, direction: string, method: string): Promise<Passed[]> =>
  (await peer.wire()).wire.filter((each) => each.direction === direction && each.method === method);

describe.each<Scheme>(['draft-cavage', 'rfc9421'])(
  'where both sides ask for signed fetches, Fedify by %s',
  (scheme) => {
    let peer: FedifyPeer;

    beforeAll(async () => {
      peer = await talk.newPeer();
      await peer.set({ speaks: scheme, takes: scheme, takesFetches: scheme, wantsSignedFetches: true });
    });

    it('reads nothing of a person’s unsigned', async () => {
      const { document, error } = await peer.read(person.apId, { signed: false });
      expect(document).toBeUndefined();
      expect(error).toContain('401');
      const refused = await call(talk.url, `/users/${person.username}`, {
        headers: { accept: 'application/activity+json' },
      });
      expect(refused.status).toBe(401);
    });

    it('reads the actor, its collections and the instance actor signed, after we have read its key by a signed fetch', async () => {
      await peer.set({ signsFetches: true });
      const parts = ['', '/followers', '/following', '/outbox'];
      for (const part of parts) {
        const { document, error } = await peer.read(`${person.apId}${part}`, { signed: true });
        expect(error).toBeUndefined();
        expect(document).toMatchObject({ id: `${person.apId}${part}` });
      }
      expect((await peer.read(`${talk.url}/actor`, { signed: false })).document).toMatchObject({ type: 'Application' });
      const read = (await requests(peer, 'out', 'GET')).filter(
        ({ url, scheme: by }) => url.startsWith(person.apId) && by !== 'none',
      );
      expect(read).toMatchObject(parts.map(() => ({ scheme, status: 200 })));
      // Only with our instance actor's signature has Fedify shown its key.
      const asked = await requests(peer, 'in', 'GET');
      expect(asked.at(-1)).toMatchObject({ scheme, status: 200 });
      for (const { keyId } of asked) expect(keyId).toMatch(new RegExp(`^${talk.url}/actor#`));
      const { fetchers } = await peer.wire();
      expect(new Set(fetchers)).toEqual(new Set([`${talk.url}/actor`]));
    });

    it('follows, and gets the Accept and a claim, which it verifies by keys that it has read signed', async () => {
      expect(await follow(peer, person)).toMatchObject({ scheme, httpSignature: { verified: true }, effect: true });
      const name = `work-${scheme}`;
      await registerAsset(talk.url, person.token, name, newContentHash());
      const create = await arrival(peer, ({ type, body }) => type === 'Create' && JSON.stringify(body).includes(name));
      expect(create).toMatchObject({
        scheme,
        effect: true,
        httpSignature: { verified: true },
        proof: 'verified',
        linkedDataSignature: 'verified',
      });
      const { fetchers } = await peer.wire();
      expect(new Set(fetchers)).toEqual(new Set([`${talk.url}/actor`]));
    });
  },
);
