import type { Logger, Service } from '@artdag/service-kit';
import { closeAtEnd } from './close-at-end.testing.ts';
import { createService, loadConfig, type Overrides } from './service.ts';

/** A whole web service in front of a gateway at `GATEWAY_URL`; ends with the test file, if not before. */
export function startWeb(
  env: NodeJS.ProcessEnv,
  overrides: Overrides & { logger: Logger },
): Promise<{ url: string; service: Service }> {
  return closeAtEnd(start(env, overrides), ({ service }) => service.close());
}

async function start(
  env: NodeJS.ProcessEnv,
  overrides: Overrides & { logger: Logger },
): Promise<{ url: string; service: Service }> {
  const config = loadConfig({
    PORT: '0',
    ARTDAG_DOMAIN: 'l2.example',
    SERVICE_KEY: '33'.repeat(32),
    // The gateway, and nobody is auth.
    TRUSTED_PROXIES: '127.0.0.0/8',
    AUTH_URL: 'http://127.0.0.1:9',
    ...env,
  });
  const service = createService(config, overrides);
  const { url } = await service.start();
  return { url, service };
}
