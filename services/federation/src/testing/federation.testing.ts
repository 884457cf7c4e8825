import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { routingKeyOf, type Envelope } from '@artdag/events';
import { openDatabase, type Database } from '@artdag/database/federation';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { createInProcessTransport, type Transport } from '@artdag/messaging';
import { newSuffix, type Logger, type Service } from '@artdag/service-kit';
import { createService, type Config, type Overrides } from '../service.ts';
import { keysEvent, newAsset, registeredEvent, type ClaimedAsset } from './events.testing.ts';
import type { IdentityStandIn } from './identity-stand-in.testing.ts';

export interface TestFederation {
  url: string;
  service: Service;
  /**
   * Gives events to the consumers and resolves when they have handled them, also those that they put off for a moment, and what they publish is signed;
   * not while identity is down.
   */
  publish(...events: Envelope[]): Promise<void>;
  /** An actor with its keys, told by events. */
  addUser(username: string): Promise<{ actorId: string; apId: string; newAsset(): ClaimedAsset }>;
  close(): Promise<void>;
}

export interface TestFederationOptions {
  databaseUrl: string;
  authUrl: string;
  identity: IdentityStandIn;
  logger: Logger;
  now?: () => Date;
  authorizedFetch?: boolean;
  store?: KeyValueStore;
  deliveries?: Overrides['deliveries'];
  inbox?: Overrides['inbox'];
  federationMode?: Config['federationMode'];
  inboxBounds?: Partial<Config['inboxBounds']>;
  /** Where to listen; the address is part of every actor URL, if `domain` does not say otherwise. */
  server?: Server;
  /** Of another one, of which this is a replica. */
  domain?: string;
}

export async function listenOnLoopback(port = 0): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** The whole service, on a real database, with stand-ins around it, over http on loopback. */
export async function startFederation(o: TestFederationOptions): Promise<TestFederation> {
  const server = o.server ?? (await listenOnLoopback());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { domain = host } = o;
  const publicUrl = `http://${domain}`;
  const transport = createInProcessTransport({
    logger: o.logger,
    retryDelaysMs: Array<number>(50).fill(10),
    topology: [],
  });
  const { logger, now, deliveries, inbox } = o;
  const config = {
    ...{ host: '127.0.0.1', port: 0, logLevel: 'error', metricsAllowCidrs: ['127.0.0.0/8'], trustedProxies: [] },
    ...{ databaseUrl: o.databaseUrl, databasePoolMax: 8, redisUrl: undefined, redisKeyPrefix: '' },
    ...{ rabbitmqUrl: undefined, rabbitmqPrefix: '', authUrl: o.authUrl, identityUrl: o.identity.url },
    ...{ serviceKey: '00'.repeat(32), domain, publicScheme: 'http' as const, publicUrl, publicHosts: [domain, host] },
    repositoryUrl: 'https://source.example/art-dag-l2',
    authorizedFetch: o.authorizedFetch ?? false,
    allowedPrivateCidrs: ['127.0.0.0/8'],
    federationMode: o.federationMode ?? ('open' as const),
    inboxBounds: { textDays: 30, idDays: 180, maxRemoteActors: 1_000, ...o.inboxBounds },
  };
  if (o.identity.keysOf('service:instance') === undefined)
    o.identity.addActor('service:instance', `${publicUrl}/actor`);
  const store = o.store ?? createMemoryStore();
  const service = createService(config, {
    ...{ logger, server, transport, store },
    ...(now && { now }),
    deliveries: { pollMs: 50, ...deliveries },
    inbox: { pollMs: 50, ...inbox },
  });
  await service.start();
  const database = openDatabase({ databaseUrl: o.databaseUrl, max: 1 });
  const publish = async (...events: Envelope[]): Promise<void> => {
    await publishAll(transport, events);
    await untilSigned(database, () => o.identity.down);
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await service.close();
    await database.close();
    await transport.close();
    if (o.store === undefined) await store.close();
  };
  return {
    url: `http://${host}`,
    service,
    publish,
    async addUser(username) {
      const actorId = `user:${newSuffix()}`;
      const apId = `${publicUrl}/users/${username}`;
      const { keys, ed25519, version } = o.identity.addActor(actorId, apId);
      await publish(registeredEvent(actorId, username), keysEvent(actorId, username, keys, version));
      return { actorId, apId, newAsset: () => newAsset({ publicUrl, username, ed25519 }) };
    },
    close: () => (closing ??= close()),
  };
}

/** As the relay does: what is not confirmed is published again. */
async function publishAll(transport: Transport, events: readonly Envelope[]): Promise<void> {
  let left = events.map((event) => ({
    id: event.id,
    routingKey: routingKeyOf(event),
    body: Buffer.from(JSON.stringify(event)),
  }));
  while (left.length > 0) {
    const { failed, later } = await transport.publish(left);
    left = left.filter(({ id }) => failed.has(id) || later?.has(id) === true);
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

const UNSIGNED = `
SELECT 1 FROM publications p JOIN ap_actors a ON a.ap_id = p.ap_actor_id AND a.deleted_at IS NULL
WHERE p.queue_place IS NOT NULL LIMIT 1`;

async function untilSigned({ pool }: Database, isDown: () => boolean): Promise<void> {
  while (!isDown() && (await pool.query(UNSIGNED)).rows.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
