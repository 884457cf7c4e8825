import { userRegistered } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { AppError, newId, newSuffix } from '@artdag/service-kit';
import { isHandle, isProgramHandle, isReservedHandle } from '../accounts/handle.ts';
import { appendAudit } from '../audit/audit.ts';
import type { ActorProfile, ActorType } from './actor-profile.ts';
import { claimOrgName, findByRef, insertActor, isTaken, lockEmail, refuseAbsentOwner } from './actor-rows.ts';
import { lockHandle } from './lock-handle.ts';

export interface NewActor {
  actorType: ActorType;
  /** Lower case already. */
  handle: string;
  displayName?: string | null;
  email?: string | null;
  emailVerified?: boolean;
  /** Whose agent or service it is. */
  ownerActorId?: string | null;
  /** Whoever asks again with the same reference gets the same actor. */
  registrationRef?: string | null;
  /** How it registers: `password`, `oidc`, `public_key`, … */
  method: string;
  /** Only for actors whose id is given, such as the mock users. */
  actorId?: string;
}

/** Under which circumstances an actor is made. */
export interface Birth {
  now: Date;
  requestId: string;
  ip?: string | null;
  /** Who makes it, for the audit log; the actor itself when left out. */
  by?: { actorId: string; data: Record<string, unknown> };
  /** BOOTSTRAP_SYSADMINS, in lower case. Given by sign-in through OIDC only. */
  sysadminEmails?: ReadonlySet<string>;
}

export type CreatedActor = { created: true; profile: ActorProfile } | { created: false; actorId: string };

/**
 * The one way in which actors come into being: reserves the handle, makes a human's personal org and membership, and writes
 * `user-registered` and the audit row, all in the caller's transaction. Asking again with one `registrationRef`, also two at
 * once, gives the actor that is there, whatever the handle is this time.
 *
 * @throws AppError 422 `invalid_handle`, `owner_not_found`; 409 `handle_taken`, `email_taken`
 */
export async function createActor(execute: Execute, input: NewActor, birth: Birth): Promise<CreatedActor> {
  const known = await findByRef(execute, input.registrationRef);
  if (known !== null) return { created: false, actorId: known };
  refuseUnfitHandle(input);
  await refuseAbsentOwner(execute, input.ownerActorId);
  await lockHandle(execute, input.handle);
  await lockEmail(execute, input.email);
  const profile = profileOf(input, birth);
  if (!(await insertActor(execute, profile, input))) {
    const winner = await findByRef(execute, input.registrationRef);
    if (winner !== null) return { created: false, actorId: winner };
    throw (await isTaken(execute, 'handle', input.handle)) ? handleTaken(input.handle) : emailTaken();
  }
  // Thrown, so that the actor is rolled back.
  if (!(await claimOrgName(execute, profile))) throw handleTaken(input.handle);
  await appendEvent(execute, registeredEvent(profile, input, birth));
  await appendAudit(execute, {
    actorId: birth.by?.actorId ?? profile.actorId,
    action: 'account.registered',
    target: profile.actorId,
    ip: birth.ip ?? null,
    requestId: birth.requestId,
    data: { ...birth.by?.data, method: input.method, ...(profile.isSysadmin ? { sysadmin: true } : {}) },
  });
  return { created: true, profile };
}

function refuseUnfitHandle({ actorType, handle }: NewActor): void {
  const fits = actorType === 'human' ? isHandle(handle) : isProgramHandle(handle);
  if (!fits) throw new AppError('invalid_handle', 422, `"${handle}" has not the form of a handle.`);
  if (isReservedHandle(handle)) throw new AppError('invalid_handle', 422, `The handle ${handle} is reserved.`);
}

const prefixes: Record<ActorType, string> = { human: 'user', agent: 'agent', service: 'service' };

function profileOf(input: NewActor, { now, sysadminEmails }: Birth): ActorProfile {
  const { actorType, handle, email = null, emailVerified = false } = input;
  const personalOrgId = actorType === 'human' ? newId('org') : null;
  // Whoever types an address into a form, or asserts one from a server of their own, has not proven it.
  const isProven = input.method === 'oidc' && emailVerified && email !== null;
  return {
    actorId: input.actorId ?? `${prefixes[actorType]}:${newSuffix()}`,
    actorType,
    handle,
    displayName: input.displayName ?? handle,
    email,
    isSysadmin: actorType === 'human' && isProven && sysadminEmails?.has(email) === true,
    status: 'active',
    version: 1,
    personalOrgId,
    memberships:
      personalOrgId === null ? [] : [{ orgId: personalOrgId, microdaoId: `microdao:${handle}`, role: 'owner' }],
    createdAt: now,
  };
}

function registeredEvent(profile: ActorProfile, input: NewActor, birth: Birth) {
  const { actorId, handle, actorType, displayName, personalOrgId } = profile;
  return userRegistered.create({
    id: newId('evt'),
    occurred_at: birth.now.toISOString(),
    subject: actorId,
    subject_version: profile.version,
    actor_id: actorId,
    org_id: personalOrgId,
    correlation_id: birth.requestId,
    data: {
      actor_id: actorId,
      username: handle,
      actor_type: actorType,
      display_name: displayName,
      method: input.method,
    },
  });
}

export function handleTaken(handle: string): AppError {
  return new AppError('handle_taken', 409, `The name ${handle} is taken; choose another one.`);
}

export function emailTaken(): AppError {
  return new AppError('email_taken', 409, 'There is an account with this e-mail address already; log in instead.');
}
