import { setTimeout as sleep } from 'node:timers/promises';
import { serviceKey } from '@artdag/actor-context';
import { openDatabase } from '@artdag/database/federation';
import { executeWithPg } from '@artdag/messaging';
import { newSuffix } from '@artdag/service-kit';
import { expect, it } from '@jest/globals';
import { createTestDatabase, eventually, freePort, startFakeAuth, startProcess } from '@artdag/testing';
import { applyKeys, applyRegistration } from '../actors/apply-actor-event.ts';
import { publishClaim } from '../publications/publish-claim.ts';
import { assetEvent, newAsset } from '../testing/events.testing.ts';
import { startIdentityStandIn } from '../testing/identity-stand-in.testing.ts';
import { startRemotePeer } from '../testing/remote-peer.testing.ts';
import { createLocalUrls } from '../urls.ts';

const CLAIMS = 200;
const FOLLOWERS = ['alice', 'bob', 'carol'];
const KILLS = 5;
const NOWHERE = '127.0.0.1:9';
const script = new URL('../main.ts', import.meta.url).pathname;

it('loses no delivery when its process is killed again and again, and repeats under the same ids', async () => {
  const [database, auth, identity, peer, port] = await Promise.all([
    createTestDatabase(),
    startFakeAuth(),
    startIdentityStandIn(),
    startRemotePeer(),
    freePort(),
  ]);
  const db = openDatabase({ databaseUrl: database.url, max: 2 });
  const publicUrl = `http://127.0.0.1:${port}`;
  const env = {
    ...{ PORT: String(port), ARTDAG_DOMAIN: `127.0.0.1:${port}`, PUBLIC_SCHEME: 'http', LOG_LEVEL: 'error' },
    ...{ DATABASE_URL: database.url, AUTH_URL: auth.url, IDENTITY_URL: identity.url },
    // Without store and bus the service is degraded, and delivers all the same.
    ...{ REDIS_URL: `redis://${NOWHERE}`, RABBITMQ_URL: `amqp://${NOWHERE}` },
    ...{ SERVICE_KEY: serviceKey('test', 'federation'), ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8' },
  };
  const start = () => startProcess({ script, env, readyUrl: `${publicUrl}/readyz` });
  let process = await start();
  try {
    const urls = createLocalUrls(publicUrl);
    const execute = executeWithPg(db.pool);
    const actorId = `user:${newSuffix()}`;
    const { keys, ed25519 } = identity.addActor(actorId, urls.actor('giles'));
    const giles = { actorId, username: 'giles', version: 1 };
    await applyRegistration(execute, urls, {
      ...giles,
      kind: 'human',
      displayName: null,
      registeredAt: new Date().toISOString(),
    });
    await applyKeys(execute, urls, { ...giles, keys, now: new Date() });
    for (const name of FOLLOWERS) {
      await db.pool.query(
        `INSERT INTO followers (username, follower_ap_id, inbox, follow_activity_id) VALUES ('giles', $1, $2, $1)`,
        [peer.actorUrl(name), `${peer.actorUrl(name)}/inbox`],
      );
    }
    const ids: string[] = [];
    const publish = async (): Promise<void> => {
      const { data, ...event } = assetEvent('registered', newAsset({ publicUrl, username: 'giles', ed25519 }), 1);
      const { activity } = data;
      const claim = {
        subject: event.subject,
        version: 1,
        activityId: String(activity.id.split('/').at(-1)),
        activity,
        event,
      };
      await db.pgTransaction((client) => publishClaim(urls, executeWithPg(client), claim));
      ids.push(activity.id);
    };

    for (let kills = 0; kills < KILLS; kills += 1) {
      for (let i = 0; i < CLAIMS / KILLS; i += 1) await publish();
      await sleep(Math.random() * 100);
      await process.kill('SIGKILL');
      // Leases end by themselves after 45 s; the test does not wait for that.
      await db.pool.query("UPDATE deliveries SET claimed_until = now() WHERE state = 'pending'");
      await db.pool.query('UPDATE publications SET claimed_until = now() WHERE queue_place IS NOT NULL');
      process = await start();
    }
    await eventually(
      async () => {
        const { rows } = await db.pool.query('SELECT state, count(*)::int AS jobs FROM deliveries GROUP BY state');
        expect(rows).toEqual([{ state: 'delivered', jobs: CLAIMS * FOLLOWERS.length }]);
      },
      { everyMs: 100 },
    );
    for (const name of FOLLOWERS) {
      const came = peer.received.filter(({ path }) => path === `/users/${name}/inbox`).map(({ json }) => json['id']);
      expect(new Set(came)).toEqual(new Set(ids));
      expect(came.length).toBeGreaterThanOrEqual(CLAIMS);
    }
  } finally {
    await process.stop();
    await Promise.all([identity.close(), auth.close(), peer.close(), db.close()]);
    await database.drop();
  }
});
