import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '@artdag/testing';
import { readCertificate, verifyCertificate, type Line } from '@artdag/certificates';
import { verifyInclusion } from '@artdag/transparency-log';
import { call, newAccount, type Account } from './lib/api-client.ts';
import { erasuresFinished, markedAsset, markedPatch, placesFound, runAdmin } from './lib/erasing.ts';
import { startFedifyPeer, type Arrival, type FedifyPeer } from './lib/fedify.ts';
import { fetchEntries } from './lib/log-observer.ts';
import { createTree, hashOfLeaf } from './lib/rfc6962.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const password = 'correct horse battery staple';
/** What a certificate says without a calendar and without the bytes. */
const holding: readonly Line[] = ['signature', 'leaf', 'inclusion', 'key'];

let database: TestDatabase;
let suite: StandaloneSuite;
let peer: FedifyPeer;

beforeAll(async () => {
  database = await createTestDatabase();
  suite = await startStandalone({ env: { DATABASE_URL: database.url, OTS_CALENDARS: 'none', LOG_INTERVAL_MS: '100' } });
  peer = await startFedifyPeer();
});
afterAll(async () => {
  await peer?.process.stop();
  await suite?.remove();
  await database?.drop();
});

const actorUrl = (username: string): string => `${suite.url}/users/${username}`;

async function followedAccount(): Promise<Account> {
  const account = await newAccount(suite.url);
  const target = `acct:${account.username}@${new URL(suite.url).host}`;
  await eventually(async () =>
    expect((await call(suite.url, `/.well-known/webfinger?resource=${target}`)).status).toBe(200),
  );
  await peer.follow(target);
  await arrived(account, 'Accept');
  return account;
}

async function arrivals({ username }: Account, type: string): Promise<Arrival[]> {
  const { received } = await peer.received();
  return received.filter((arrival) => arrival.type === type && arrival.actor === actorUrl(username));
}

const arrived = (account: Account, type: string, count = 1): Promise<Arrival[]> =>
  eventually(async () => {
    const found = await arrivals(account, type);
    expect(found).toHaveLength(count);
    return found;
  });

async function register({ token }: Account, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const headers = { 'idempotency-key': randomBytes(8).toString('hex') };
  const answer = await call(suite.url, '/assets', { token, body, headers });
  expect(answer.status).toBe(201);
  return answer.body;
}

const patch = async ({ token }: Account, name: string, body: unknown): Promise<void> => {
  const headers = { 'idempotency-key': randomBytes(8).toString('hex') };
  expect((await call(suite.url, `/assets/${name}`, { method: 'PATCH', token, body, headers })).status).toBe(200);
};

interface Checkpoint {
  size: number;
  root: Buffer;
}

async function checkpoint(): Promise<Checkpoint> {
  const [, size = '', root = ''] = (await (await fetch(`${suite.url}/log/checkpoint`)).text()).split('\n');
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

/** The log's entry of an activity, once a checkpoint covers it. */
async function loggedEntry(activityId: unknown): Promise<{ index: number; leaf: Buffer }> {
  return await eventually(async () => {
    const entries = await fetchEntries(suite.url, (await checkpoint()).size);
    const index = entries.findIndex((entry) => entry.includes(`/activities/${String(activityId)}"`));
    const leaf = entries[index];
    if (leaf === undefined) throw new Error('it is not in the log yet');
    return { index, leaf };
  });
}

/** The log as it was is the beginning of the log as it is: by all its entries, and by a proof for one of them. */
async function expectLogUnchanged(before: Checkpoint, { index, leaf }: { index: number; leaf: Buffer }): Promise<void> {
  const after = await checkpoint();
  const tree = createTree((await fetchEntries(suite.url, after.size)).map(hashOfLeaf));
  expect([tree.rootOf(before.size), tree.rootOf(after.size)]).toEqual([before.root, after.root]);
  const hash = hashOfLeaf(leaf).toString('hex');
  const { status, body } = await call(suite.url, `/log/proof/${hash}`);
  expect([status, body['leaf_index']]).toEqual([200, index]);
  const proof = (body['hashes'] as string[]).map((text) => Buffer.from(text, 'hex'));
  const root = Buffer.from(String(body['root_hash']), 'hex');
  const treeSize = Number(body['tree_size']);
  expect(verifyInclusion({ leafHash: hashOfLeaf(leaf), index, treeSize, proof, root })).toBe(true);
}

const certificateOf = (activityId: unknown) =>
  eventually(async () => {
    const answer = await fetch(`${suite.url}/activities/${String(activityId)}/certificate`);
    expect([200, 410]).toContain(answer.status);
    return { status: answer.status, text: await answer.text() };
  });

function expectCertificateHolds(text: string): void {
  const answers = verifyCertificate({ certificate: readCertificate(text), fileHash: undefined });
  const verdicts = answers.filter(({ line }) => holding.includes(line)).map(({ line, verdict }) => [line, verdict]);
  expect(verdicts).toEqual(holding.map((line) => [line, 'yes']));
}

describe('what an operator erases', () => {
  const marks = new Map<string, string>();
  const kept = markedAsset('kept');
  let owner: Account;
  let erased: Record<string, unknown>;
  let other: Record<string, unknown>;
  let entry: { index: number; leaf: Buffer };
  let before: Checkpoint;
  let certificate: string;

  it('is in the database, with a follower and in the log before, every word of it', async () => {
    owner = await followedAccount();
    const [first, second] = [markedAsset('asset'), markedPatch('its update')];
    for (const [place, word] of [...first.marks, ...second.marks]) marks.set(place, word);
    other = await register(owner, kept.body);
    erased = await register(owner, first.body);
    await patch(owner, first.body.name, second.body);
    await arrived(owner, 'Create', 2);
    await arrived(owner, 'Update');
    entry = await loggedEntry(erased['activity_id']);
    before = await checkpoint();
    certificate = (await certificateOf(erased['activity_id'])).text;
    expectCertificateHolds(certificate);
    expect((await placesFound(database.url, marks)).toSorted()).toEqual([...marks.keys()].toSorted());
  });

  it('is nowhere in the database any more, in no writing, and what is kept is', async () => {
    const name = String(erased['name']);
    const unasked = await runAdmin(suite.dataFolder, 'erase', name);
    expect([unasked.code, unasked.err]).toEqual([1, 'artdag-admin: Nobody is here to be asked: add --yes.\n']);
    const { code, out, err } = await runAdmin(suite.dataFolder, 'erase', name, '--yes', '--reason', 'asked by letter');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ast_\w+ is erased, with the texts of 2 claims\. Followers are told by http\S+\.\n$/);
    await erasuresFinished(database.url);
    await eventually(async () => expect(await placesFound(database.url, marks)).toEqual([]));
    expect((await placesFound(database.url, kept.marks)).toSorted()).toEqual([...kept.marks.keys()].toSorted());
    expect(await runAdmin(suite.dataFolder, 'erase', name, '--yes')).toMatchObject({
      code: 0,
      out: 'It is erased already.\n',
    });
    const unknown = await runAdmin(suite.dataFolder, 'erase', 'no-such-asset', '--yes');
    expect([unknown.code, unknown.err]).toEqual([1, 'artdag-admin: There is no such asset. (not_found)\n']);
  });

  it('answers 410, and its name stays taken', async () => {
    const [name, id] = [String(erased['name']), String(erased['activity_id'])];
    const paths = [`/assets/${name}`, `/activities/${id}`];
    for (const path of [...paths, ...paths.map((each) => `${each}/certificate`)]) {
      expect(await call(suite.url, path)).toMatchObject({ status: 410, body: { code: 'erased' } });
    }
    expect(await call(suite.url, `/objects/${String(erased['content_hash'])}`)).toMatchObject({ status: 410 });
    const again = await call(suite.url, '/assets', {
      token: owner.token,
      body: { ...markedAsset('again').body, name },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'asset_exists' } });
  });

  it('has its leaf and its proofs as before, and so has everything else', async () => {
    await expectLogUnchanged(before, entry);
    expectCertificateHolds((await certificateOf(other['activity_id'])).text);
    // The one that was handed out can not be taken back.
    expectCertificateHolds(certificate);
    const anchor = await call(suite.url, `/activities/${String(erased['activity_id'])}/anchor`);
    expect(anchor.status).toBe((await call(suite.url, `/activities/${String(other['activity_id'])}/anchor`)).status);
  });

  it('is deleted for its followers, by the owner’s own keys: HTTP signature and proof verify for Fedify', async () => {
    const [deletion] = await arrived(owner, 'Delete');
    expect(deletion).toMatchObject({
      ...{ status: 202, effect: true, proof: 'verified' },
      httpSignature: { verified: true, keyId: `${actorUrl(owner.username)}#main-key` },
      body: { object: { type: 'Tombstone', id: `${suite.url}/objects/${String(erased['content_hash'])}` } },
    });
    const outbox = await call(suite.url, `/users/${owner.username}/outbox?page=true`);
    const items = outbox.body['orderedItems'] as { id: string; type: string }[];
    expect(items.map(({ type }) => type).toSorted()).toEqual(['Create', 'Delete', 'Tombstone', 'Tombstone']);
  });
});

describe('an account that its owner deletes', () => {
  const marks = new Map<string, string>();
  const kept = markedAsset('another’s');
  let owner: Account;
  let another: Account;
  let others: Record<string, unknown>;
  let entry: { index: number; leaf: Buffer };
  let before: Checkpoint;
  let certificate: string;

  it('has written in every place where one may, and its followers have heard of it', async () => {
    [owner, another] = [await followedAccount(), await newAccount(suite.url)];
    const [display, email, bio, provider] = ['display name', 'e-mail', 'bio', 'storage'].map((place) => {
      const word = `mark${randomBytes(8).toString('hex')}`;
      marks.set(place, word);
      return word;
    });
    const { token } = owner;
    const me = { display_name: display, email: `${email}@example.org` };
    expect((await call(suite.url, '/auth/me', { method: 'PATCH', token, body: me })).status).toBe(200);
    // Each at once, as one that waits gives way to the next.
    await arrived(owner, 'Update');
    const profile = `/api/identities/${owner.username}`;
    expect((await call(suite.url, profile, { method: 'PATCH', token, body: { bio } })).status).toBe(200);
    await arrived(owner, 'Update', 2);
    const storage = {
      provider_type: 'psa',
      provider_name: provider,
      config: { endpoint: 'https://psa.example.com', token: 'x' },
    };
    expect((await call(suite.url, '/storage', { token, body: storage })).status).toBe(201);
    const [first, second, third, changed] = [
      ...['first', 'second', 'third'].map(markedAsset),
      markedPatch('changed'),
    ] as [
      ReturnType<typeof markedAsset>,
      ReturnType<typeof markedAsset>,
      ReturnType<typeof markedAsset>,
      ReturnType<typeof markedPatch>,
    ];
    for (const each of [first, second, third, changed]) for (const [place, word] of each.marks) marks.set(place, word);
    others = await register(another, kept.body);
    const registered = await register(owner, first.body);
    await register(owner, { ...second.body, visibility: 'unlisted' });
    await register(owner, third.body);
    await patch(owner, first.body.name, changed.body);
    expect((await call(suite.url, `/assets/${third.body.name}`, { method: 'DELETE', token })).status).toBe(204);
    await arrived(owner, 'Create', 3);
    await arrived(owner, 'Update', 3);
    await arrived(owner, 'Delete');
    entry = await loggedEntry(registered['activity_id']);
    before = await checkpoint();
    certificate = (await certificateOf(registered['activity_id'])).text;
    expect((await placesFound(database.url, marks)).toSorted()).toEqual([...marks.keys()].toSorted());
  });

  it('is told to its followers by one Delete of the actor, whose signature Fedify verifies by the key that it has', async () => {
    const { status } = await call(suite.url, '/auth/me', { method: 'DELETE', token: owner.token, body: { password } });
    expect(status).toBe(204);
    const deletions = await arrived(owner, 'Delete', 2);
    expect(deletions.at(-1)).toMatchObject({
      ...{ status: 202, effect: true, proof: 'absent' },
      httpSignature: { verified: true, keyId: `${actorUrl(owner.username)}#main-key` },
      body: { object: actorUrl(owner.username), id: `${actorUrl(owner.username)}#delete` },
    });
  });

  it('leaves nothing of what its owner wrote in the database, in no writing, and everything of others', async () => {
    await erasuresFinished(database.url);
    await eventually(async () => expect(await placesFound(database.url, marks)).toEqual([]));
    expect((await placesFound(database.url, kept.marks)).toSorted()).toEqual([...kept.marks.keys()].toSorted());
    await eventually(async () =>
      expect(await call(suite.url, `/users/${owner.username}`)).toMatchObject({
        status: 410,
        body: { type: 'Tombstone', publicKey: { owner: actorUrl(owner.username) } },
      }),
    );
  });

  it('leaves every leaf where it was, and proofs and certificates that verify', async () => {
    await expectLogUnchanged(before, entry);
    expectCertificateHolds((await certificateOf(others['activity_id'])).text);
    expectCertificateHolds(certificate);
  });

  it('is believed by the key alone that a follower has kept: what answers 410 gives Fedify none', async () => {
    const third = await followedAccount();
    await peer.forget();
    expect(
      (await call(suite.url, '/auth/me', { method: 'DELETE', token: third.token, body: { password } })).status,
    ).toBe(204);
    const [deletion] = await arrived(third, 'Delete');
    console.log(
      `Fedify, which has forgotten the key of a deleted actor, says: ${JSON.stringify(deletion?.httpSignature)}`,
    );
    expect(deletion?.httpSignature).toMatchObject({ verified: false, reason: 'keyFetchError' });
  });
});
