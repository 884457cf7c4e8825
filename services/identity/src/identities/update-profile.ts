import type { Assertion } from '@artdag/actor-context';
import { profileUpdated } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { AuthClient } from '../actors/auth-client.ts';
import { applyActor } from './follow-actor.ts';
import { ownIdentity } from './own-identity.ts';
import { identityNotFound } from './path-handle.ts';
import { isLive, type Profile } from './profile.ts';
import type { ProfileChanges } from './profile-changes.ts';
import { lockProfile, writeTexts } from './profile-rows.ts';

export interface UpdateProfileDeps {
  auth: Pick<AuthClient, 'findActor' | 'roleIn' | 'renameActor'>;
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  now: () => Date;
}

/**
 * The identity of a path, if it is the caller's and is there.
 *
 * @throws AppError 403 `forbidden`, 404 `identity_not_found`
 */
export async function liveOwnIdentity(deps: UpdateProfileDeps, caller: Assertion, inPath: string): Promise<Profile> {
  const profile = await ownIdentity(deps, caller, inPath);
  if (!isLive(profile, deps.now())) throw identityNotFound(inPath);
  return profile;
}

/**
 * Changes what is said of an identity, and tells of it what others show of an actor. An actor's name is auth's: it is changed there first, and what auth says then is copied.
 *
 * @returns the profile as it is then
 * @throws AppError 404 `identity_not_found`, `actor_not_found`
 */
export async function updateProfile(
  deps: UpdateProfileDeps,
  { id, actorId, handle }: Pick<Profile, 'id' | 'actorId' | 'handle'>,
  changes: ProfileChanges,
): Promise<Profile> {
  const name = changes.display_name;
  if (name !== undefined && actorId !== null) await deps.auth.renameActor(actorId, name);
  const actor = name === undefined || actorId === null ? null : await deps.auth.findActor(actorId);
  const now = deps.now();
  return await deps.transaction(async (execute) => {
    if (actor !== null) await applyActor(execute, actor, now);
    const profile = await lockProfile(execute, id);
    if (profile === null || !isLive(profile, now)) throw identityNotFound(handle);
    const displayName = actorId === null ? (name ?? profile.displayName) : profile.displayName;
    const { bio, avatar_url: avatarUrl, website_url: websiteUrl, email } = changes;
    const texts = {
      ...{ displayName, bio: bio === undefined ? profile.bio : bio },
      avatarUrl: avatarUrl === undefined ? profile.avatarUrl : avatarUrl,
      websiteUrl: websiteUrl === undefined ? profile.websiteUrl : websiteUrl,
      email: email === undefined ? profile.email : email,
    };
    const isOtherwise = (['bio', 'avatarUrl', 'websiteUrl'] as const).some((text) => texts[text] !== profile[text]);
    const profileVersion = profile.profileVersion + (isOtherwise ? 1 : 0);
    const written = await writeTexts(execute, id, { ...texts, profileVersion }, now);
    if (isOtherwise && actorId !== null) await appendEvent(execute, updatedEvent(actorId, profileVersion, now));
    return written;
  });
}

function updatedEvent(actorId: string, version: number, now: Date) {
  const subject = { subject: `${actorId}#profile`, subject_version: version, actor_id: actorId };
  return profileUpdated.create({
    ...{ id: newId('evt'), occurred_at: now.toISOString(), ...subject },
    data: { actor_id: actorId },
  });
}
