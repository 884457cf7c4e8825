import type { Execute } from '@artdag/messaging';
import type { SafeFetch } from '@artdag/safe-fetch';
import type { Logger, Loop } from '@artdag/service-kit';
import { createBatchSigner, type Sign } from './deliveries/batch-signer.ts';
import type { IdentityClient } from './identity/identity-client.ts';
import { createHostPruner } from './remote-hosts/prune-hosts.ts';
import { createRemoteHostRepository } from './remote-hosts/remote-host.repository.ts';
import { createSchemeMemory, type SchemeMemory } from './remote-hosts/scheme-memory.ts';
import { createInstanceKeeper, createInstanceKeys, type InstanceKeys } from './instance/instance-keys.ts';
import { createSignedFetch } from './instance/signed-fetch.ts';

export interface SigningSurroundings {
  execute: Execute;
  identity: IdentityClient;
  safeFetch: SafeFetch;
  logger: Logger;
  now: () => Date;
}

/** What all our own signed requests have in common. */
export interface Signing {
  sign: Sign;
  schemes: SchemeMemory;
  instanceKeys: InstanceKeys;
  /** GETs in the name of the instance actor. */
  signedFetch: SafeFetch;
  loops: Loop[];
}

export function composeSigning(s: SigningSurroundings): Signing {
  const { safeFetch, logger, now } = s;
  const sign = createBatchSigner(s.identity);
  const remoteHosts = createRemoteHostRepository(s.execute);
  const schemes = createSchemeMemory({ remoteHosts, logger, now });
  const instanceKeys = createInstanceKeys(s.identity, now);
  const signedFetch = createSignedFetch({ safeFetch, schemes, sign, instanceKeys, logger, now });
  const loops = [createInstanceKeeper(instanceKeys, logger), createHostPruner({ remoteHosts, logger, now })];
  return { sign, schemes, instanceKeys, signedFetch, loops };
}
