import { createMemoryStore } from '@artdag/key-value';
import { createInProcessTransport } from '@artdag/messaging';
import type { Logger, Service } from '@artdag/service-kit';
import { createService, loadConfig, type Overrides } from './service.ts';

export interface RunningBridge {
  url: string;
  service: Service;
  stop(): Promise<void>;
}

/** A whole l1-bridge on a real database, with the in-process store and transport. Leaves nothing open when it cannot start. */
export async function startBridge(
  env: { DATABASE_URL: string; AUTH_URL: string; L1_SERVERS: string } & Record<string, string>,
  overrides: Overrides & { logger: Logger },
): Promise<RunningBridge> {
  const config = loadConfig(
    { PORT: '0', SERVICE_KEY: 'k'.repeat(64), DATABASE_POOL_MAX: '2', ...env },
    { embedded: true },
  );
  const store = createMemoryStore();
  const transport = createInProcessTransport({ logger: overrides.logger, topology: [] });
  const service = createService(config, { store, transport, ...overrides });
  const stop = async (): Promise<void> => {
    await service.close();
    await store.close();
    await transport.close();
  };
  try {
    const { url } = await service.start();
    return { url, service, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
