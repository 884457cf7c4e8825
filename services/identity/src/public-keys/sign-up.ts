import type { Invalidations } from '@artdag/key-value';
import type { Execute } from '@artdag/messaging';
import { AppError, type Logger } from '@artdag/service-kit';
import type { AuthClient, KnownActor } from '../actors/auth-client.ts';
import { keyListCache } from './confirm-revoked.ts';
import { shownFingerprint } from './fingerprint-shown.ts';
import { newHandle } from './handle.ts';
import { ensureIdentity, type IdentityRow } from './identity-rows.ts';
import { insertKey, type KeyRow } from './key-rows.ts';
import type { PresentedKey } from './presented-key.ts';
import { accountDisabled } from './refusals.ts';

/** What a client says of whoever is new. */
export interface Newcomer {
  handle: string | null;
  displayName: string | null;
  label: string | null;
  identityType: 'human' | 'agent' | 'org';
  /** The request's id. */
  correlationId: string;
}

export interface SignUpDeps {
  auth: Pick<AuthClient, 'createActor'>;
  invalidations: Pick<Invalidations, 'announce'>;
  logger: Logger;
  now: () => Date;
  /** Nothing waits for the network inside. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

/**
 * Makes a person of a proven new key. auth makes the actor first, by the key's fingerprint: after a crash behind that, the same key gets the
 * same actor, whatever handle it asks for then, and nobody else gets it.
 *
 * @throws AppError 422 `agent_needs_owner`, `org_needs_founder`, `handle_required`, `handle_invalid`, `handle_reserved`; 409 `handle_taken`,
 *   `key_already_registered`, `too_many_keys`; 403 `account_disabled`
 */
export async function signUp(
  deps: SignUpDeps,
  key: PresentedKey,
  newcomer: Newcomer,
): Promise<{ identity: IdentityRow; key: KeyRow }> {
  refuseOtherTypes(newcomer.identityType);
  const actor = await createActor(deps, key.fingerprint, newcomer);
  if (actor.status !== 'active') throw accountDisabled();
  const now = deps.now();
  const { label, correlationId } = newcomer;
  const made = await deps.transaction(async (execute) => {
    const identity = await ensureIdentity(execute, actor, now);
    const inserted = await insertKey(execute, identity.id, { key, label, now, lastUsedAt: now, correlationId });
    return { identity, key: inserted };
  });
  await deps.invalidations.announce(keyListCache, made.identity.handle);
  const fields = { actor_id: actor.actorId, key_id: made.key.id, fingerprint: shownFingerprint(key.fingerprint) };
  deps.logger.info('an identity was registered by a key', fields);
  return made;
}

/** No transaction is open while auth is asked. */
async function createActor(deps: SignUpDeps, fingerprint: string, newcomer: Newcomer): Promise<KnownActor> {
  const wanted = {
    ...({ ref: `key:${fingerprint}`, actorType: 'human', ownerActorId: null } as const),
    ...{ handle: newHandle(newcomer.handle), displayName: newcomer.displayName },
  };
  try {
    return (await deps.auth.createActor(wanted)).actor;
  } catch (error) {
    // Its form was looked at here, so auth's one refusal of a name means this.
    if (!(error instanceof AppError && error.code === 'invalid_handle')) throw error;
    throw new AppError('handle_reserved', 422, `The handle ${wanted.handle} is reserved; choose another one.`);
  }
}

function refuseOtherTypes(type: Newcomer['identityType']): void {
  if (type === 'agent') {
    const message = 'An agent has an owner, who makes it at POST /api/identities/agent; here people sign in.';
    throw new AppError('agent_needs_owner', 422, message);
  }
  if (type === 'org') {
    const message =
      'An organisation is made by somebody who is signed in, at POST /api/identities; here people sign in.';
    throw new AppError('org_needs_founder', 422, message);
  }
}
