import type { Server } from 'node:http';
import { assertionKeyCheck, createAssertionSigner } from '@artdag/actor-context';
import {
  createHealth,
  createLogger,
  createMetrics,
  listen,
  type HttpServer,
  type Logger,
  type Service,
} from '@artdag/service-kit';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createGateway } from './gateway/gateway.ts';

export { loadConfig, type Config } from './config.ts';

/** What a composer may replace. */
export interface Overrides {
  logger?: Logger;
  /** Listens already. */
  server?: Server;
}

const graceMs = 15_000;

/** The pages that people read. Keeps nothing: what it shows it asks the gateway for. */
export function createService(config: Config, overrides: Overrides = {}): Service {
  const { host, port, gatewayUrl, gatewayTimeoutMs: timeoutMs, gatewayWriteTimeoutMs: writeTimeoutMs } = config;
  const logger = overrides.logger ?? createLogger({ service: 'web', level: config.logLevel });
  const metrics = createMetrics({ processMetrics: overrides.server === undefined });
  const health = createHealth();
  const { authUrl, serviceKey } = config;
  const signer = createAssertionSigner({ service: 'web', serviceKey, authUrl, logger });
  // Without it pages are shown all the same, and their calls counted as of one visitor.
  health.register('assertion_key', assertionKeyCheck(signer), { critical: false });
  const gateway = createGateway({ gatewayUrl, timeoutMs, writeTimeoutMs, signer });
  const app = createApp({ config, logger, metrics, health, gateway });

  let http: HttpServer | undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    health.setDraining();
    await http?.close(graceMs);
    await signer.stop();
  };
  return {
    name: 'web',
    app,
    async start() {
      await signer.start();
      http = await listen(app, { host, port, ...(overrides.server && { server: overrides.server }) });
      return { port: http.port, url: http.url };
    },
    close: () => (closing ??= close()),
  };
}
