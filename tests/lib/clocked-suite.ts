import { randomBytes } from 'node:crypto';
import { serviceKey } from '@artdag/actor-context';
import { createService as createAuth, loadConfig as loadAuthConfig } from '@artdag/auth';
import { createService as createGateway, loadConfig as loadGatewayConfig } from '@artdag/gateway';
import { createMemoryStore } from '@artdag/key-value';
import { createInProcessTransport } from '@artdag/messaging';
import { createTestDatabase, eventually, quietLogger } from '@artdag/testing';

/** auth and the gateway in this process, on a clock that can be put forward. */
export interface ClockedSuite {
  gateway: string;
  auth: string;
  /** Puts everybody's clock forward. */
  forward(ms: number): void;
  /** How far it was put forward so far. */
  readonly forwardedMs: number;
  remove(): Promise<void>;
}

/** @param env added to both services' own; 127.0.0.0/8 is trusted to say whom it speaks for */
export async function startClockedSuite(env: Record<string, string> = {}): Promise<ClockedSuite> {
  const database = await createTestDatabase();
  const logger = quietLogger();
  let forwardedMs = 0;
  const now = (): Date => new Date(Date.now() + forwardedMs);
  const internal = randomBytes(32).toString('hex');
  const shared = {
    PORT: '0',
    ARTDAG_DOMAIN: 'localhost',
    PUBLIC_SCHEME: 'http',
    TRUSTED_PROXIES: '127.0.0.0/8',
    DATABASE_URL: database.url,
    JWT_SECRET: randomBytes(32).toString('hex'),
    INTERNAL_SECRET: internal,
    ...env,
  };
  const store = createMemoryStore({ now: () => now().getTime() });
  const transport = createInProcessTransport({ logger });
  const overrides = { logger, now, store };
  const auth = createAuth(loadAuthConfig(shared, { embedded: true }), { ...overrides, transport });
  const { url: authUrl } = await auth.start();
  const own = { ...shared, AUTH_URL: authUrl, SERVICE_KEY: serviceKey(internal, 'gateway') };
  const gateway = createGateway(loadGatewayConfig(own, { embedded: true }), overrides);
  const { url } = await gateway.start();
  // The other services are not there, so it never calls itself ready; its key is with auth once it can introspect.
  await eventually(async () => (await fetch(`${url}/healthz`)).ok);
  return {
    gateway: url,
    auth: authUrl,
    forward(ms) {
      forwardedMs += ms;
    },
    get forwardedMs() {
      return forwardedMs;
    },
    async remove() {
      await gateway.close();
      await auth.close();
      await transport.close();
      await store.close();
      await database.drop();
    },
  };
}
