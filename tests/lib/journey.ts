import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount, newContentHash, registerAsset } from './api-client.ts';
import { startFedifyPeer, type Arrival } from './fedify.ts';

/**
 * One claim from a hash to a follower: an account, a Fedify server that follows it and gets Accept, an asset, and the Create that reaches the
 * follower with an HTTP signature and a proof that Fedify itself verified.
 */
export async function claimTravels(url: string): Promise<void> {
  const peer = await startFedifyPeer();
  try {
    const { username, token } = await newAccount(url);
    const host = new URL(url).host;
    await eventually(
      async () => (await call(url, `/.well-known/webfinger?resource=acct:${username}@${host}`)).status === 200,
    );
    await peer.follow(`acct:${username}@${host}`);
    const arrived = (type: string): Promise<Arrival> =>
      eventually(async () => {
        const found = (await peer.received()).received.find((arrival) => arrival.type === type);
        if (!found) throw new Error(`no ${type} has arrived`);
        return found;
      });
    expect(await arrived('Accept')).toMatchObject({ httpSignature: { verified: true }, effect: true });

    const contentHash = newContentHash();
    const registered = await registerAsset(url, token, `${username}-sunrise`, contentHash);
    expect(registered.status).toBe(201);
    const create = await arrived('Create');
    expect(create).toMatchObject({
      proof: 'verified',
      effect: true,
      httpSignature: { verified: true, keyId: `${url}/users/${username}#main-key` },
    });
    expect(create.body['proof']).toEqual((registered.body['activity'] as Record<string, unknown>)['proof']);
    expect(create.body['object']).toMatchObject({ contentHash: { algorithm: 'sha3-256', value: contentHash } });

    await expectPublished(url, username, String(registered.body['activity_id']), contentHash);
  } finally {
    await peer.process.stop();
  }
}

/** The claim stands in every public place: activity, object, list and outbox, and has its place in the log. */
async function expectPublished(url: string, username: string, activityId: string, contentHash: string): Promise<void> {
  const id = `${url}/activities/${activityId}`;
  expect((await call(url, `/activities/${activityId}`)).body).toMatchObject({ id, type: 'Create' });
  expect((await call(url, `/objects/${contentHash}`)).body).toMatchObject({ attributedTo: `${url}/users/${username}` });
  expect((await call(url, `/assets?owner=${username}`)).body).toMatchObject({ total: 1 });
  const outbox = await call(url, `/users/${username}/outbox?page=true`);
  expect(JSON.stringify(outbox.body['orderedItems'])).toContain(id);
  await eventually(async () => {
    const { body } = await call(url, '/activities?limit=100');
    const total = Number(body['total']);
    expect((await call(url, `/activities/${total - 1}`)).status).toBe(200);
  });
}
