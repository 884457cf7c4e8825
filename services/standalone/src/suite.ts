import type { Server } from 'node:http';
import * as assetRegistry from '@artdag/asset-registry';
import * as auth from '@artdag/auth';
import * as federation from '@artdag/federation';
import * as gateway from '@artdag/gateway';
import * as identity from '@artdag/identity';
import type { KeyValueStore } from '@artdag/key-value';
import * as l1Bridge from '@artdag/l1-bridge';
import type { Transport } from '@artdag/messaging';
import type { Service } from '@artdag/service-kit';
import * as web from '@artdag/web';
import type { ServiceName } from './names.ts';

/** What standalone gives a service instead of letting it open its own. */
export interface Parts {
  server: Server;
  transport: Transport;
  store: KeyValueStore;
}

/** How each service is made from an environment: the same `loadConfig` and `createService` that its own process uses. */
export const suite: Record<ServiceName, (env: NodeJS.ProcessEnv, parts: Parts) => Service> = {
  auth: (env, parts) => auth.createService(auth.loadConfig(env, { embedded: true }), parts),
  identity: (env, parts) => identity.createService(identity.loadConfig(env, { embedded: true }), parts),
  'asset-registry': (env, parts) =>
    assetRegistry.createService(assetRegistry.loadConfig(env, { embedded: true }), parts),
  federation: (env, parts) => federation.createService(federation.loadConfig(env, { embedded: true }), parts),
  'l1-bridge': (env, parts) => l1Bridge.createService(l1Bridge.loadConfig(env, { embedded: true }), parts),
  web: (env, { server }) => web.createService(web.loadConfig(env, { embedded: true }), { server }),
  gateway: (env, { server, store }) =>
    gateway.createService(gateway.loadConfig(env, { embedded: true }), { server, store }),
};
