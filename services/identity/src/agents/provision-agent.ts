import { type Assertion, unauthorized } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { KnownActor } from '../actors/auth-client.ts';
import { nameRefusals } from '../identities/create-org.ts';
import type { Profile } from '../identities/profile.ts';
import { findProfile } from '../identities/profile-rows.ts';
import type { Shared } from '../part.ts';
import { isMSign } from '../public-keys/caller.ts';
import { keyListCache } from '../public-keys/confirm-revoked.ts';
import { shownFingerprint } from '../public-keys/fingerprint-shown.ts';
import { identityOfKey } from '../public-keys/identity-rows.ts';
import { findKey, type KeyRow } from '../public-keys/key-rows.ts';
import type { PresentedKey } from '../public-keys/presented-key.ts';
import { proveKey, type KeyProof, type ProveKeyDeps } from '../public-keys/prove-key.ts';
import { accountDisabled, keyAlreadyRegistered } from '../public-keys/refusals.ts';
import { newAgentHandle } from './agent-handle.ts';
import { refuseTooMany, storeAgent } from './agent-rows.ts';
import { refuseWidening } from './capabilities.ts';

export type ProvisionAgentDeps = ProveKeyDeps &
  Pick<Shared, 'auth' | 'actors' | 'execute' | 'transaction' | 'invalidations' | 'logger'>;

export interface NewAgent {
  handle: string;
  displayName: string | null;
  model: string | null;
  capabilities: string[];
  ttlSeconds: number;
  proof: KeyProof;
  /** The request's id. */
  correlationId: string;
}

export interface Provisioned {
  /** False when it was there: the answer to the request that made it was lost. */
  created: boolean;
  profile: Profile;
  key: KeyRow;
}

/**
 * Makes an agent of the caller's, which acts by a key of its own until its time is over. auth makes the actor first, by the key's fingerprint and
 * the owner: after a crash behind that, asking again with the same key completes it, under the handle of the first time.
 *
 * @throws AppError 401 `key_revoked`, `unauthorized`, for who was let out meanwhile; 403 `scope_not_allowed`, `account_disabled`; 409 `too_many_agents`, `handle_taken`, `key_already_registered`; 422
 *   `handle_invalid`, `handle_reserved`; and as `proveKey`
 */
export async function provisionAgent(
  deps: ProvisionAgentDeps,
  caller: Assertion,
  wanted: NewAgent,
): Promise<Provisioned> {
  const { actor_id: ownerActorId } = caller.actor;
  refuseWidening(caller.scopes, wanted.capabilities);
  const handle = newAgentHandle(wanted.handle);
  // Before the challenge is used up, and once more where it counts.
  await refuseTooMany(deps.execute, ownerActorId, deps.now());
  const presented = await proveKey(deps, wanted.proof);
  const known = await findProvisioned(deps, presented.fingerprint, { ownerActorId, handle });
  if (known !== null) return known;
  const owner = await deps.actors.get(ownerActorId);
  if (owner?.status !== 'active') throw accountDisabled();
  const agent = await createActor(deps, { ...wanted, handle }, { fingerprint: presented.fingerprint, ownerActorId });
  await refuseEndedSession(deps, caller);
  const signedBy = isMSign(caller) ? caller.jti : null;
  return await store(deps, wanted, { owner, agent, presented, signedBy });
}

/** A session that was ended meanwhile leaves no agent behind; a key is looked at again where the agent is stored. */
async function refuseEndedSession(deps: ProvisionAgentDeps, { sid }: Assertion): Promise<void> {
  if (sid !== null && (await deps.auth.findSession(sid)) === null) throw unauthorized();
}

/** An agent whose key this is already: the caller's own, asked for once more. @throws AppError 409 `key_already_registered` */
async function findProvisioned(
  deps: ProvisionAgentDeps,
  fingerprint: string,
  wanted: { ownerActorId: string; handle: string },
): Promise<Provisioned | null> {
  const key = await findKey(deps.execute, fingerprint);
  if (key === null) return null;
  const identity = await identityOfKey(deps.execute, key.id);
  const isSame = identity?.spawnedBy === wanted.ownerActorId && identity.handle === wanted.handle;
  const isOver = key.revokedAt !== null || key.expiresAt === null || key.expiresAt <= deps.now();
  const profile = isSame && !isOver ? await findProfile(deps.execute, wanted.handle) : null;
  if (profile === null || profile.deletedAt !== null) throw keyAlreadyRegistered();
  return { created: false, profile, key };
}

async function createActor(
  deps: ProvisionAgentDeps,
  { handle, displayName }: NewAgent,
  { fingerprint, ownerActorId }: { fingerprint: string; ownerActorId: string },
): Promise<KnownActor> {
  // Of two owners who show one key, each gets an agent of their own, and the second is refused where the key is stored.
  const ref = `agent:${fingerprint}:${ownerActorId}`;
  const wanted = { ref, actorType: 'agent' as const, handle, displayName, ownerActorId };
  try {
    const { actor } = await nameRefusals(handle, () => deps.auth.createActor(wanted));
    if (actor.status === 'active') return actor;
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'owner_not_found')) throw error;
  }
  throw accountDisabled();
}

async function store(
  deps: ProvisionAgentDeps,
  wanted: NewAgent,
  made: { owner: KnownActor; agent: KnownActor; presented: PresentedKey; signedBy: string | null },
): Promise<Provisioned> {
  const { owner, agent, presented: key, signedBy } = made;
  const { model, capabilities, correlationId } = wanted;
  const now = deps.now();
  const expiresAt = new Date(now.getTime() + wanted.ttlSeconds * 1000);
  const stored = await deps.transaction((execute) =>
    storeAgent(execute, { owner, agent, model, capabilities, key, signedBy, expiresAt, now, correlationId }),
  );
  await deps.invalidations.announce(keyListCache, agent.username);
  const profile = await findProfile(deps.execute, agent.username);
  if (profile === null) throw new Error('An agent that was stored is gone.');
  const fields = { actor_id: agent.actorId, owner_actor_id: owner.actorId, key_id: stored.id };
  deps.logger.info('an agent was made', { ...fields, fingerprint: shownFingerprint(key.fingerprint) });
  return { created: true, profile, key: stored };
}
