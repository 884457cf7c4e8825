import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { brokerUrls, eventually, tcpProxy } from '@artdag/testing';
import { call, newAccount } from './lib/api-client.ts';
import { startFedifyPeer, type FedifyPeer } from './lib/fedify.ts';
import { readLedger, type Ledger } from './lib/ledger.ts';
import { startProcesses, type ProcessSuite } from './lib/process-suite.ts';
import { registerMany, type LoadResult } from './lib/registration-load.ts';

const count = 2000;
const wantedKills = 20;
const brokerOutageMs = 20_000;

/** Kills asset-registry each time that so many more registrations were acknowledged, while others are in flight, and starts it again. */
function killer(suite: ProcessSuite): { onAcknowledged(total: number): void; settled(): Promise<number> } {
  const gap = (): number => 55 + Math.floor(Math.random() * 50);
  let kills = 0;
  let nextAt = gap();
  let restarting: Promise<void> | undefined;
  const killAndRestart = async (): Promise<void> => {
    await sleep(Math.random() * 20);
    await suite.processOf('asset-registry').kill('SIGKILL');
    kills += 1;
    await suite.restart('asset-registry');
  };
  return {
    onAcknowledged(total) {
      if (total < nextAt || restarting) return;
      restarting = killAndRestart().finally(() => {
        restarting = undefined;
        nextAt = total + gap();
      });
    },
    async settled() {
      await restarting;
      return kills;
    },
  };
}

async function followedAccount(suite: ProcessSuite, peer: FedifyPeer): Promise<{ username: string; token: string }> {
  const account = await newAccount(suite.url);
  const target = `acct:${account.username}@${new URL(suite.url).host}`;
  await eventually(async () => (await call(suite.url, `/.well-known/webfinger?resource=${target}`)).status === 200);
  await peer.follow(target);
  await eventually(async () => (await peer.received()).received.some(({ type }) => type === 'Accept'));
  return account;
}

function expectWhole(ledger: Ledger, load: LoadResult): void {
  expect(load.unexpected).toEqual([]);
  expect(load.acknowledged.size).toBe(count);
  const stored = new Map(ledger.assets.map(({ name, activityId }) => [name, activityId]));
  for (const [name, activityId] of load.acknowledged) expect([name, stored.get(name)]).toEqual([name, activityId]);
  expect(ledger).toMatchObject({ assetsWithoutClaim: 0, claimsWithoutLeaf: 0, leavesWithoutClaim: 0, pending: 0 });
  expect(ledger).toMatchObject({ logIndexesContiguous: true, seqsContiguous: true });
}

/** Every claim took effect at the follower once; how often it was sent is another matter. */
async function expectDeliveredOnce(suite: ProcessSuite, peer: FedifyPeer, ledger: Ledger): Promise<number> {
  const ids = ledger.assets.map(({ activityId }) => `${suite.url}/activities/${activityId}`);
  await eventually(
    async () => {
      const { effects } = await peer.received();
      const missing = ids.filter((id) => effects[id] === undefined);
      if (missing.length > 0) throw new Error(`${missing.length} claims have not reached the follower`);
    },
    { timeoutMs: 180_000, everyMs: 1000 },
  );
  const { received, effects } = await peer.received();
  for (const id of ids) expect([id, effects[id]]).toEqual([id, 1]);
  return received.filter(({ type }) => type === 'Create').length;
}

describe('registering 2,000 assets while asset-registry is killed at random moments', () => {
  it.each([
    ['with the broker there', 0],
    ['with the broker cut off for 20 seconds', brokerOutageMs],
  ])(
    'loses nothing and does nothing twice, %s',
    async (name, outageMs) => {
      const proxy = await tcpProxy({ target: brokerUrls().rabbitmqUrl });
      const suite = await startProcesses({ rabbitmqUrl: proxy.url });
      const peer = await startFedifyPeer();
      try {
        const account = await followedAccount(suite, peer);
        const outage =
          outageMs > 0
            ? proxy
                .cut()
                .then(() => sleep(outageMs))
                .then(() => proxy.restore())
            : undefined;
        const chaos = killer(suite);
        const load = await registerMany(suite.url, account, {
          count,
          concurrency: 16,
          onAcknowledged: chaos.onAcknowledged,
        });
        const kills = await chaos.settled();
        await outage;
        await eventually(async () => (await readLedger(suite.databaseUrl)).pending === 0);
        const ledger = await readLedger(suite.databaseUrl);
        expectWhole(ledger, load);
        const sent = await expectDeliveredOnce(suite, peer, ledger);
        console.log(
          `${name}: ${kills} kills, ${load.acknowledged.size} acknowledged, ${load.repeated} requests repeated, ${ledger.assets.length} assets, ${sent} deliveries for ${ledger.assets.length} effects`,
        );
        expect(kills).toBeGreaterThanOrEqual(wantedKills);
      } finally {
        await peer.process.stop();
        await suite.remove();
        await proxy.close();
      }
    },
    420_000,
  );
});
