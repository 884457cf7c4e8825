import type { AssertionSigner } from '@artdag/actor-context';
import { createServiceClient, type ServiceClient } from '../service-client.ts';

export type IdentityClient = ServiceClient;

/** Calls to identity: two batches to sign and a few look-ups are under way at once. */
export function createIdentityClient(url: string, signer: AssertionSigner): IdentityClient {
  return createServiceClient({ service: 'identity', url, signer, connections: 8 });
}
