import { z } from 'zod';
import { httpUrl, secret } from './config-fields.ts';
import { findInPinningService, requestFromPinningService, testPinningService } from './pinning-service.ts';
import { defineProvider } from './provider-type.ts';

/** Any service with the IPFS Pinning Service API. */
export const psa = defineProvider({
  name: 'psa',
  config: z.strictObject({ endpoint: httpUrl, token: secret }),
  secrets: ['token'],
  destinations: ['endpoint'],
  pinType: 'cid',
  test: (service, calls) => testPinningService(service, calls),
  holds: (service, copy, calls) => findInPinningService(service, copy, calls),
  requestPin: (service, copy, calls) => requestFromPinningService(service, copy, calls),
});
