import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { send } from '../testing/http-client.testing.ts';
import { startIdentityStandIn } from '../testing/identity-stand-in.testing.ts';
import { useFederation } from '../testing/kit.testing.ts';

const kit = useFederation({ createTestDatabase, startFakeAuth, quietLogger, openDatabase });
const activityJson: [string, string][] = [['accept', 'application/activity+json']];
const shown = async (url: string) => (await send(`${url}/actor`)).json() as { publicKey: { id: string } };

describe('the instance actor', () => {
  it('is an Application with both keys, whose inbox is the shared one', async () => {
    const { url } = kit.federation;
    const answer = await send(`${url}/actor`, { headers: activityJson });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/activity+json; charset=utf-8']);
    const host = new URL(url).host;
    expect(answer.json()).toEqual({
      '@context': expect.arrayContaining(['https://www.w3.org/ns/cid/v1']),
      ...{ type: 'Application', id: `${url}/actor`, preferredUsername: host, name: host, url: `${url}/` },
      ...{ inbox: `${url}/inbox`, outbox: `${url}/actor/outbox`, endpoints: { sharedInbox: `${url}/inbox` } },
      manuallyApprovesFollowers: true,
      publicKey: { id: `${url}/actor#main-key`, owner: `${url}/actor`, publicKeyPem: expect.stringContaining('BEGIN') },
      assertionMethod: [
        expect.objectContaining({ id: `${url}/actor#ed25519-key`, type: 'Multikey', controller: `${url}/actor` }),
      ],
    });
  });

  it('has an empty outbox', async () => {
    const { url } = kit.federation;
    expect((await send(`${url}/actor/outbox`)).json()).toMatchObject({
      ...{ id: `${url}/actor/outbox`, type: 'OrderedCollection', totalItems: 0, orderedItems: [] },
    });
  });

  it('is found by WebFinger, as the host and as actor, and is no user', async () => {
    const { url } = kit.federation;
    const { host } = new URL(url);
    for (const resource of [`acct:${host}@${host}`, `acct:actor@${host}`, `${url}/actor`]) {
      const answer = await send(`${url}/.well-known/webfinger?resource=${encodeURIComponent(resource)}`);
      expect([resource, answer.status]).toEqual([resource, 200]);
      expect(answer.json()).toEqual({
        subject: `acct:${host}@${host}`,
        aliases: [`${url}/actor`],
        links: [{ rel: 'self', type: 'application/activity+json', href: `${url}/actor` }],
      });
    }
    expect((await send(`${url}/users/actor`)).status).toBe(404);
    expect((await send(`${url}/users`)).json()['users']).toEqual([]);
  });

  it('shows a new key within seconds after a rotation', async () => {
    const { url } = kit.federation;
    expect((await shown(url)).publicKey.id).toBe(`${url}/actor#main-key`);
    kit.identity.rotate('service:instance');
    await eventually(async () => expect((await shown(url)).publicKey.id).toBe(`${url}/actor#main-key-2`));
  });

  it('is shown on while identity is away, and answers 503 as long as identity never was there', async () => {
    const identity = await startIdentityStandIn();
    identity.down = true;
    const other = await kit.startFederation({ identity });
    try {
      expect((await send(`${other.url}/actor`)).status).toBe(503);
      identity.down = false;
      await eventually(async () => expect((await send(`${other.url}/actor`)).status).toBe(200));
      identity.down = true;
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      expect((await send(`${other.url}/actor`)).status).toBe(200);
    } finally {
      await identity.close();
    }
  });
});
