import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createAssertionSigner, serviceKey, type AssertionSigner } from '@artdag/actor-context';
import { createService as createAssetRegistry, loadConfig as loadAssetRegistryConfig } from '@artdag/asset-registry';
import { createService as createAuth, loadConfig as loadAuthConfig } from '@artdag/auth';
import { createService as createGateway, loadConfig as loadGatewayConfig } from '@artdag/gateway';
import { createService as createIdentity, loadConfig as loadIdentityConfig } from '@artdag/identity';
import { createMemoryStore } from '@artdag/key-value';
import { createService as createL1Bridge, loadConfig as loadL1BridgeConfig } from '@artdag/l1-bridge';
import { createInProcessTransport } from '@artdag/messaging';
import type { Service } from '@artdag/service-kit';
import { createTestDatabase, eventually, quietLogger } from '@artdag/testing';
import { patientServices } from './patience.ts';
import { newDataFolder } from './standalone-suite.ts';

/** Services in this process, on a clock that can be put forward. */
export interface ClockedSuite {
  gateway: string;
  auth: string;
  databaseUrl: string;
  /** Of a service that runs. */
  urlOf(service: 'auth' | 'l1-bridge'): string;
  /** A service as auth knows it, which asks what a dying one has asked for. Its key is registered. */
  signerOf(service: string): Promise<AssertionSigner>;
  /** Puts everybody's clock forward. */
  forward(ms: number): void;
  /** Puts everybody's clock right, from where it goes on. */
  set(now: Date): void;
  /** What everybody's clock shows. */
  now(): Date;
  /** How far it was put forward so far. */
  readonly forwardedMs: number;
  remove(): Promise<void>;
}

export interface ClockedSuiteOptions {
  /** What stands between auth and the gateway. Default: nothing. */
  between?: readonly ('identity' | 'asset-registry' | 'l1-bridge')[];
  /** What the clock shows at the beginning. Default: the real time. */
  now?: Date;
}

const services = {
  auth: [loadAuthConfig, createAuth],
  identity: [loadIdentityConfig, createIdentity],
  'asset-registry': [loadAssetRegistryConfig, createAssetRegistry],
  'l1-bridge': [loadL1BridgeConfig, createL1Bridge],
  gateway: [loadGatewayConfig, createGateway],
} as const;

const urlVariable = (service: string): string => `${service.toUpperCase().replace('-', '_')}_URL`;

/** @param env added to every service's own; 127.0.0.0/8 is trusted to say whom it speaks for */
export async function startClockedSuite(
  env: Record<string, string> = {},
  o: ClockedSuiteOptions = {},
): Promise<ClockedSuite> {
  const database = await createTestDatabase();
  const dataFolder = newDataFolder();
  const logger = quietLogger();
  let forwardedMs = o.now === undefined ? 0 : o.now.getTime() - Date.now();
  const now = (): Date => new Date(Date.now() + forwardedMs);
  const internal = randomBytes(32).toString('hex');
  const shared: Record<string, string> = {
    PORT: '0',
    ARTDAG_DOMAIN: 'localhost',
    PUBLIC_SCHEME: 'http',
    ARTDAG_DATA: dataFolder,
    TRUSTED_PROXIES: '127.0.0.0/8',
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: '5',
    JWT_SECRET: randomBytes(32).toString('hex'),
    DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    INTERNAL_SECRET: internal,
    ...patientServices,
    ...env,
  };
  const store = createMemoryStore({ now: () => now().getTime() });
  const transport = createInProcessTransport({ logger });
  const overrides = { logger, now, store, transport };
  const running: Service[] = [];
  const signers: AssertionSigner[] = [];
  const remove = async (): Promise<void> => {
    for (const signer of signers) await signer.stop();
    for (const service of running.toReversed()) await service.close();
    await transport.close();
    await store.close();
    await database.drop();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  const start = async (name: keyof typeof services): Promise<string> => {
    const [loadConfig, createService] = services[name];
    const own = { ...shared, SERVICE_KEY: serviceKey(internal, name) };
    const service = createService(loadConfig(own, { embedded: true }) as never, overrides);
    running.push(service);
    const { url } = await service.start();
    shared[urlVariable(name)] = url;
    return url;
  };
  try {
    const auth = await start('auth');
    for (const name of o.between ?? []) await start(name);
    const gateway = await start('gateway');
    // The other services are not there, so it never calls itself ready; its key is with auth once it can introspect.
    await eventually(async () => (await fetch(`${gateway}/healthz`)).ok);
    return {
      ...{ gateway, auth, databaseUrl: database.url, now, remove },
      urlOf: (service) => shared[urlVariable(service)] ?? '',
      async signerOf(service) {
        const key = serviceKey(internal, service);
        const signer = createAssertionSigner({ service, serviceKey: key, authUrl: auth, logger, now });
        signers.push(signer);
        await signer.start();
        await signer.ready();
        return signer;
      },
      forward(ms) {
        forwardedMs += ms;
      },
      set(at) {
        forwardedMs = at.getTime() - Date.now();
      },
      get forwardedMs() {
        return forwardedMs;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
