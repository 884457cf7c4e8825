import type { Logger, Service } from '@artdag/service-kit';
import { createService, loadConfig, type Overrides } from './service.ts';

/** A whole web service in front of a gateway at `GATEWAY_URL`. */
export async function startWeb(
  env: NodeJS.ProcessEnv,
  overrides: Overrides & { logger: Logger },
): Promise<{ url: string; service: Service }> {
  const config = loadConfig({ PORT: '0', ARTDAG_DOMAIN: 'l2.example', ...env });
  const service = createService(config, overrides);
  const { url } = await service.start();
  return { url, service };
}
