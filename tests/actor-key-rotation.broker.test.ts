import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { observeActorKeys, type ActorKeyObserver, type Rotation } from './lib/actor-keys.ts';
import { call, newAccount, registerAsset, type Account } from './lib/api-client.ts';
import { startFedifyPeer, type Arrival, type FedifyPeer } from './lib/fedify.ts';
import { readLedger } from './lib/ledger.ts';
import { bestOfThree } from './lib/patience.ts';
import { startProcesses, type ProcessSuite } from './lib/process-suite.ts';
import { registerMany } from './lib/registration-load.ts';

const claimsUnderLoad = 400;
const claimsBetween = 20;
const claimsBefore = 5;
const claimsAfter = 5;
/** One after the other while claims are registered, for both accounts. */
const rotations: Omit<Rotation, 'username'>[] = [
  { kind: 'ed25519' },
  { kind: 'rsa' },
  {},
  { kind: 'ed25519' },
  { kind: 'ed25519' },
  { kind: 'rsa' },
  {},
];

let suite: ProcessSuite;
let peer: FedifyPeer;
let observer: ActorKeyObserver;

beforeAll(async () => {
  suite = await startProcesses();
  peer = await startFedifyPeer();
  observer = await observeActorKeys(suite);
});
afterAll(async () => {
  await observer?.close();
  await peer?.process.stop();
  await suite?.remove();
});

const userUrl = (username: string): string => `${suite.url}/users/${username}`;

async function followedAccount(): Promise<Account> {
  const account = await newAccount(suite.url);
  const target = `acct:${account.username}@${new URL(suite.url).host}`;
  await eventually(async () => (await call(suite.url, `/.well-known/webfinger?resource=${target}`)).status === 200);
  await peer.follow(target);
  await eventually(async () => (await arrivals('Accept', account)).length === 1);
  return account;
}

async function arrivals(type: string, { username }: Account): Promise<Arrival[]> {
  const { received } = await peer.received();
  const toActor = (arrival: Arrival): boolean => arrival.actor === userUrl(username);
  return received.filter((arrival) => arrival.type === type && toActor(arrival));
}

async function registerSome(account: Account, when: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    expect((await registerAsset(suite.url, account.token, `${account.username}-${when}-${i}`)).status).toBe(201);
  }
}

/** Registers claims as fast as it goes and rotates keys all the while: each key gets some claims before the next comes. */
async function registerWhileRotating(
  accounts: readonly Account[],
  round: number,
): Promise<{ repeated: number; unexpected: string[] }> {
  const progress = new Map<string, number>();
  const loads = Promise.all(
    accounts.map((account) =>
      registerMany(suite.url, account, {
        count: claimsUnderLoad,
        concurrency: 16,
        beginning: `${account.username}-${round}`,
        onAcknowledged: (total) => progress.set(account.username, total),
      }),
    ),
  );
  const rotating = Promise.all(
    accounts.map(async ({ username }) => {
      for (const rotation of rotations) {
        const next = Math.min(claimsUnderLoad, (progress.get(username) ?? 0) + claimsBetween);
        while ((progress.get(username) ?? 0) < next) await sleep(2);
        await observer.rotate({ username, ...rotation });
      }
    }),
  );
  const [results] = await Promise.all([loads, rotating]);
  const unexpected = results.flatMap((result) => result.unexpected);
  return { repeated: results.reduce((sum, { repeated }) => sum + repeated, 0), unexpected };
}

async function expectDocumentShows(username: string): Promise<void> {
  const keys = await observer.keysOf(username);
  const rsa = keys.filter(({ kind, status }) => kind === 'rsa' && status === 'primary');
  const proving = keys.filter(({ kind, status }) => kind === 'ed25519' && status !== 'compromised');
  await eventually(async () => {
    const { body } = await call(suite.url, `/users/${username}`);
    const shown = body as { publicKey: { id: string }; assertionMethod: { id: string }[] };
    expect([shown.publicKey.id]).toEqual(rsa.map(({ keyId }) => keyId));
    expect(shown.assertionMethod.map(({ id }) => id).toSorted()).toEqual(proving.map(({ keyId }) => keyId).toSorted());
  });
}

async function expectLogComplete(username: string): Promise<void> {
  const keys = await observer.keysOf(username);
  const wanted = keys.flatMap(({ keyId, status }) =>
    status === 'primary' ? [`${keyId} primary`] : [`${keyId} primary`, `${keyId} ${status}`],
  );
  await eventually(async () => expect((await observer.keyLeavesOf(username)).toSorted()).toEqual(wanted.toSorted()));
}

describe('actor keys rotated again and again while claims are registered', () => {
  const accounts: Account[] = [];
  /** How often it took until nobody's request was late. */
  let rounds = 0;
  const claimsIn = (rounds: number): number => claimsBefore + rounds * claimsUnderLoad + claimsAfter;

  it('fail no request, and every stored proof was made by the key that it names', async () => {
    accounts.push(await followedAccount(), await newAccount(suite.url));
    const [followed] = accounts as [Account];
    for (const account of accounts) await registerSome(account, 'before', claimsBefore);
    await eventually(async () => expect(await arrivals('Create', followed)).toHaveLength(claimsBefore));
    // An RSA pair takes its time, and no claim waits for it.
    for (const { username } of accounts) {
      await eventually(async () => expect(await observer.keysOf(username)).toHaveLength(2));
    }
    const watch = observer.watchPrimaries(accounts.map(({ username }) => username));
    const loads = await Promise.allSettled([
      bestOfThree(
        async () => {
          rounds += 1;
          return registerWhileRotating(accounts, rounds);
        },
        ({ repeated, unexpected }) => repeated === 0 || unexpected.length > 0,
      ),
    ]);
    const primaries = await watch.stop();
    // What comes after is signed with keys that everybody is shown.
    for (const { username } of accounts) await expectDocumentShows(username);
    for (const account of accounts) await registerSome(account, 'after', claimsAfter);

    expect(loads).toEqual([{ status: 'fulfilled', value: { repeated: 0, unexpected: [] } }]);
    for (const { username } of accounts) {
      const { count, untrue, keyIds } = await observer.claimsOf(username);
      expect({ count, untrue }).toEqual({ count: claimsIn(rounds), untrue: [] });
      const made = (await observer.keysOf(username)).filter(({ kind }) => kind === 'ed25519');
      expect(made).toHaveLength(1 + rounds * rotations.filter(({ kind }) => kind !== 'rsa').length);
      expect(made.map(({ keyId }) => keyId)).toEqual(expect.arrayContaining(keyIds));
      expect(keyIds.length).toBeGreaterThan(made.length / 2);
      console.log(`${username}: ${count} claims, proofs of ${keyIds.length} keys`);
    }
    expect(primaries).toEqual([1]);
  });

  it('leave a document with the present RSA key and every proof key', async () => {
    for (const { username } of accounts) await expectDocumentShows(username);
  });

  it('leave a follower with nothing that Fedify cannot verify, made before, during and after', async () => {
    const [account] = accounts as [Account];
    const creates = await eventually(
      async () => {
        const found = await arrivals('Create', account);
        expect(found).toHaveLength(claimsIn(rounds));
        return found;
      },
      { everyMs: 500 },
    );
    const refused = creates.filter(({ proof, status, effect }) => proof !== 'verified' || status !== 202 || !effect);
    expect(refused.map(({ id, proof, status }) => ({ id, proof, status }))).toEqual([]);
    expect(new Set(creates.map(({ httpSignature }) => httpSignature.keyId)).size).toBeGreaterThan(1);
    // The document shows one RSA key: what was on its way when that was changed has no other witness than its proof.
    const keys = await observer.keysOf(account.username);
    const former = keys.filter(({ status }) => status === 'retired').map(({ keyId }) => keyId);
    const unproven = creates.filter(({ httpSignature }) => !httpSignature.verified);
    expect(former).toEqual(expect.arrayContaining(unproven.map(({ httpSignature }) => httpSignature.keyId)));
    const steady = unproven.filter(({ body }) => /-(before|after)-/.test(JSON.stringify(body['object'])));
    expect(steady).toEqual([]);
    console.log(`${creates.length} claims arrived, ${unproven.length} while their RSA key was changed`);
  });

  it('are told to followers, in the order of the rotations, the last one at the end', async () => {
    const [account] = accounts as [Account];
    const version = await eventually(async () => {
      // One that was signed just before the next rotation is sent again, with the next key.
      const updates = (await arrivals('Update', account)).filter(({ httpSignature }) => httpSignature.verified);
      const versions = updates.map(({ id }) => Number(id.split('-').at(-1)));
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      const { body } = await call(suite.url, `/users/${account.username}`);
      expect(updates.at(-1)?.body['object']).toMatchObject({
        publicKey: body['publicKey'],
        assertionMethod: body['assertionMethod'],
      });
      return versions.at(-1);
    });
    expect(version).toBeGreaterThan(rotations.length);
  });

  it('have one leaf in the log for each introduction and each end, beside the claims’ own', async () => {
    for (const { username } of accounts) await expectLogComplete(username);
    const ledger = await eventually(async () => {
      const found = await readLedger(suite.databaseUrl);
      expect(found.pending).toBe(0);
      return found;
    });
    expect(ledger).toMatchObject({ assetsWithoutClaim: 0, claimsWithoutLeaf: 0, leavesWithoutClaim: 0 });
    expect(ledger).toMatchObject({ logIndexesContiguous: true, seqsContiguous: true });
  });

  it('are no longer shown once they are compromised, and claims go on with the next', async () => {
    const [account] = accounts as [Account];
    const last = (await observer.keysOf(account.username)).filter(({ status }) => status === 'primary');
    const printed = await observer.admin('rotate-key', 'ap-actor', '--user', account.username, '--compromised');
    for (const { keyId } of last) expect(printed).toMatch(new RegExp(`^compromised +${keyId}$`, 'm'));
    const registered = await registerAsset(suite.url, account.token, `${account.username}-recovered`);
    expect(registered.status).toBe(201);
    await expectDocumentShows(account.username);
    await expectLogComplete(account.username);
    const create = await eventually(async () => {
      const id = `${suite.url}/activities/${String(registered.body['activity_id'])}`;
      const found = (await arrivals('Create', account)).find((arrival) => arrival.id === id);
      if (!found) throw new Error('it has not arrived');
      return found;
    });
    expect(create).toMatchObject({ proof: 'verified', httpSignature: { verified: true } });
  });
});
