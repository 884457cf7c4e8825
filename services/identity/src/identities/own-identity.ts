import { forbidden, type Assertion } from '@artdag/actor-context';
import type { Execute } from '@artdag/messaging';
import type { AuthClient } from '../actors/auth-client.ts';
import { ensureIdentity } from '../public-keys/identity-rows.ts';
import { accountDisabled } from '../public-keys/refusals.ts';
import { pathHandle } from './path-handle.ts';
import type { Profile } from './profile.ts';
import { findProfile } from './profile-rows.ts';

export interface OwnIdentityDeps {
  auth: Pick<AuthClient, 'findActor' | 'roleIn'>;
  execute: Execute;
  now: () => Date;
}

/**
 * The identity that a person wants to change: their own, an agent of theirs, an organisation that they own. It may be deleted. Whatever is
 * somebody else's, or nobody's, is forbidden alike.
 *
 * @throws AppError 403 `forbidden`, `account_disabled`
 */
export async function ownIdentity(deps: OwnIdentityDeps, caller: Assertion, inPath: string): Promise<Profile> {
  const handle = pathHandle(inPath);
  if (handle === null) throw forbidden();
  const { actor_id: actorId } = caller.actor;
  if (handle === caller.username) return await ownProfile(deps, actorId, handle);
  const profile = await findProfile(deps.execute, handle);
  if (profile === null || !(await isOwn(deps, profile, actorId))) throw forbidden();
  return profile;
}

/** Made if it is missing: somebody who registered a moment ago, or before there were identities, has one too. */
async function ownProfile(deps: OwnIdentityDeps, actorId: string, handle: string): Promise<Profile> {
  const known = await findProfile(deps.execute, handle);
  if (known?.actorId === actorId) return known;
  const actor = await deps.auth.findActor(actorId);
  if (actor?.status !== 'active') throw accountDisabled();
  await ensureIdentity(deps.execute, actor, deps.now());
  const made = await findProfile(deps.execute, handle);
  if (made?.actorId !== actorId) throw forbidden();
  return made;
}

async function isOwn({ auth }: OwnIdentityDeps, profile: Profile, actorId: string): Promise<boolean> {
  const { identityType, spawnedBy, orgId } = profile;
  if (identityType === 'agent') return spawnedBy === actorId;
  return orgId !== null && (await auth.roleIn(orgId, actorId)) === 'owner';
}
