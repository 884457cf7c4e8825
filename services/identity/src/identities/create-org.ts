import type { Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import type { AuthClient } from '../actors/auth-client.ts';
import { newHandle } from '../public-keys/handle.ts';
import type { Profile } from './profile.ts';
import { findProfile } from './profile-rows.ts';

export interface CreateOrgDeps {
  auth: Pick<AuthClient, 'createOrg'>;
  execute: Execute;
  now: () => Date;
}

export interface NewOrg {
  handle: string;
  displayName: string;
  ownerActorId: string;
}

/**
 * Makes an organisation, owned by whoever asks. auth makes it first, and gives it again to its owner: after a crash behind that, asking once
 * more completes it.
 *
 * @throws AppError 409 `handle_taken`, `too_many_organisations`; 422 `handle_invalid`, `handle_reserved`
 */
export async function createOrg(deps: CreateOrgDeps, wanted: NewOrg): Promise<{ created: boolean; profile: Profile }> {
  const { displayName, ownerActorId } = wanted;
  const handle = newHandle(wanted.handle);
  await refuseTooMany(deps, { handle, ownerActorId });
  const { orgId } = await nameRefusals(handle, () =>
    deps.auth.createOrg({ slug: handle, name: displayName, ownerActorId }),
  );
  const { rowCount } = await deps.execute(
    `INSERT INTO identities (id, org_id, handle, identity_type, display_name, spawned_by, created_at, updated_at)
     VALUES ($1, $2, $3, 'org', $4, $5, $6::timestamptz, $6::timestamptz) ON CONFLICT DO NOTHING`,
    [newId('idn'), orgId, handle, displayName, ownerActorId, deps.now().toISOString()],
  );
  const profile = await findProfile(deps.execute, handle);
  if (profile === null || profile.orgId !== orgId || profile.deletedAt !== null) throw handleTaken();
  return { created: rowCount === 1, profile };
}

/** Each takes a name for good. Of one founder; what several ask for at the same moment may go a little beyond it. */
export const maxOrganisations = 20;

/** @throws AppError 409 `too_many_organisations` */
async function refuseTooMany(
  { execute }: CreateOrgDeps,
  { handle, ownerActorId }: { handle: string; ownerActorId: string },
): Promise<void> {
  // Deleted ones count: their names are taken as well. Asking for one that is there makes none.
  const { rows } = await execute(
    `SELECT count(*)::int AS n FROM identities WHERE spawned_by = $1 AND identity_type = 'org' AND handle <> $2`,
    [ownerActorId, handle],
  );
  if (Number(rows[0]?.['n']) < maxOrganisations) return;
  const message = `You have made ${maxOrganisations} organisations, which is the most.`;
  throw new AppError('too_many_organisations', 409, message);
}

/** Has auth give out a name whose form was looked at before. @throws AppError 409 `handle_taken`, 422 `handle_reserved` */
export async function nameRefusals<T>(handle: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'handle_taken') throw handleTaken();
    if (error.code !== 'invalid_handle') throw error;
    throw new AppError('handle_reserved', 422, `The handle ${handle} is reserved; choose another one.`);
  }
}

export function handleTaken(): AppError {
  return new AppError('handle_taken', 409, 'handle already taken');
}
