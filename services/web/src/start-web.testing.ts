import type { Logger, Service } from '@artdag/service-kit';
import { closeAtEnd } from './close-at-end.testing.ts';
import { createService, loadConfig, type Overrides } from './service.ts';

/** Longer than a busy machine stands still, and less than a test may take. */
const patience = '20000';
/** For what never answers: all the time of its tests is spent on that. Nothing that must be answered is to be asked in it. */
const haste = '100';

/** For a web that gives up at once on what it reads. */
export const hastyReads = { GATEWAY_TIMEOUT_MS: haste };
/** For a web that gives up at once on what it changes; what it reads for that it waits for. */
export const hastyWrites = { GATEWAY_WRITE_TIMEOUT_MS: haste };

/** A whole web service in front of a gateway at `GATEWAY_URL`, for which it waits unless told otherwise; ends with the test file, if not before. */
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
    GATEWAY_TIMEOUT_MS: patience,
    GATEWAY_WRITE_TIMEOUT_MS: patience,
    ...env,
  });
  const service = createService(config, overrides);
  const { url } = await service.start();
  return { url, service };
}
