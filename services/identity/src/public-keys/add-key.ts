import type { Invalidations } from '@artdag/key-value';
import type { Assertion } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import type { AuthClient } from '../actors/auth-client.ts';
import { keyListCache } from './confirm-revoked.ts';
import { shownFingerprint } from './fingerprint-shown.ts';
import { insertKey, type KeyRow } from './key-rows.ts';
import { proveKey, type KeyProof, type ProveKeyDeps } from './prove-key.ts';
import { confirmRight, rightToAdd } from './right-to-add.ts';

export interface AddKeyDeps extends ProveKeyDeps {
  auth: Pick<AuthClient, 'findActor' | 'findSession'>;
  invalidations: Pick<Invalidations, 'announce'>;
  logger: Logger;
  /** Of the challenge in a 401. */
  msignRealm: string;
  /** Autocommit statements. */
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

/** A key for the caller's identity, and what it is to be called. */
export interface KeyToAdd {
  proof: KeyProof;
  label: string | null;
  /** The request's id. */
  correlationId: string;
}

/**
 * Gives the caller's identity a further key. Two proofs: the caller's right, and the new key's answer to a challenge of its own.
 *
 * @throws AppError as `rightToAdd`, `proveKey` and `insertKey`
 */
export async function addKey(deps: AddKeyDeps, caller: Assertion, wanted: KeyToAdd): Promise<KeyRow> {
  const right = await rightToAdd(deps, caller);
  const key = await proveKey(deps, wanted.proof);
  const now = deps.now();
  const { label, correlationId } = wanted;
  const { added, handle } = await deps.transaction(async (execute) => {
    const identity = await confirmRight(deps, execute, right);
    return {
      handle: identity.handle,
      added: await insertKey(execute, identity.id, { key, label, now, correlationId }),
    };
  });
  await deps.invalidations.announce(keyListCache, handle);
  deps.logger.info('a public key was added', {
    ...{ actor_id: caller.actor.actor_id, key_id: added.id, fingerprint: shownFingerprint(key.fingerprint) },
  });
  return added;
}
