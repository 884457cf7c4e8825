import { z } from 'zod';
import { httpUrl, secret } from './config-fields.ts';
import {
  findInPinningService,
  requestFromPinningService,
  testPinningService,
  type PinningService,
} from './pinning-service.ts';
import { ProviderFailure } from './provider-failure.ts';
import { defineProvider, type ProviderType } from './provider-type.ts';

const config = z.strictObject({ token: secret, endpoint: httpUrl.exactOptional() });
type Config = z.output<typeof config>;

/** A service whose own API ended. Whoever has a successor with the Pinning Service API names it as `endpoint`. */
export function retiredService(name: string): ProviderType {
  const message = 'legacy API retired';
  const successor = ({ token, endpoint }: Config): PinningService | undefined =>
    endpoint === undefined ? undefined : { token, endpoint };
  return defineProvider<Config>({
    name,
    config,
    secrets: ['token'],
    destinations: ['endpoint'],
    pinType: 'cid',
    async test(given, calls) {
      const service = successor(given);
      return service === undefined ? { ok: false, message } : await testPinningService(service, calls);
    },
    async holds(given, copy, calls) {
      const service = successor(given);
      return service === undefined
        ? { result: 'unsupported', message }
        : await findInPinningService(service, copy, calls);
    },
    async requestPin(given, copy, calls) {
      const service = successor(given);
      if (service === undefined) throw new ProviderFailure(message);
      await requestFromPinningService(service, copy, calls);
    },
  });
}
