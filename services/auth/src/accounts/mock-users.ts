import type { Execute } from '@artdag/messaging';
import { newId, type Logger } from '@artdag/service-kit';
import type { OrgRole } from '../actors/actor-profile.ts';
import { createActor } from '../actors/create-actor.ts';
import type { InTransaction } from '../transaction.ts';

interface MockUser {
  actorId: string;
  actorType: 'human' | 'agent';
  handle: string;
  email: string;
  isSysadmin: boolean;
  /** By the org's public id. */
  roles: Record<string, OrgRole>;
}

/** Those of actor-sessions.md §3, with orgs so that their flat roles come out as there. */
const mockUsers: readonly MockUser[] = [
  {
    ...{ actorId: 'user:1', actorType: 'human', handle: 'mock-admin', email: 'admin@daarion.city' },
    ...{ isSysadmin: true, roles: { 'microdao:daarion': 'owner' } },
  },
  {
    ...{ actorId: 'user:93', actorType: 'human', handle: 'mock-user', email: 'user@daarion.city' },
    ...{ isSysadmin: false, roles: { 'microdao:daarion': 'member', 'microdao:7': 'owner' } },
  },
  {
    ...{ actorId: 'agent:sofia', actorType: 'agent', handle: 'mock-sofia', email: 'sofia@agents.daarion.city' },
    ...{ isSysadmin: false, roles: {} },
  },
];

export const mockActorIds: ReadonlySet<string> = new Set(mockUsers.map(({ actorId }) => actorId));

/** Makes those mock users that are not there yet. Only where AUTH_MOCK_LOGIN is on, which production refuses. */
export async function makeMockUsers(deps: {
  inTransaction: InTransaction;
  now: () => Date;
  onEvent: () => void;
  logger: Logger;
}): Promise<void> {
  for (const user of mockUsers) {
    try {
      await deps.inTransaction(user.actorId, (execute) => makeMockUser(execute, user, deps.now()));
    } catch (error) {
      // Its name or address is somebody's.
      deps.logger.warn(`the mock user ${user.actorId} could not be made`, { error });
    }
  }
  deps.onEvent();
  deps.logger.warn('AUTH_MOCK_LOGIN is on: the three mock users sign in with any password');
}

async function makeMockUser(execute: Execute, user: MockUser, now: Date): Promise<void> {
  const { actorId, actorType, handle, email } = user;
  const actor = { actorId, actorType, handle, email, method: 'mock', registrationRef: `mock:${actorId}` } as const;
  const created = await createActor(execute, actor, { now, requestId: 'mock-users' });
  if (!created.created) return;
  await execute('INSERT INTO users (actor_id, username) VALUES ($1, $2)', [actorId, handle]);
  // The roles of the spec and no others: a personal org would add one.
  await execute('UPDATE memberships SET left_at = now() WHERE actor_id = $1', [actorId]);
  await execute('UPDATE actors SET is_sysadmin = $2::boolean WHERE id = $1', [actorId, user.isSysadmin]);
  for (const [publicId, role] of Object.entries(user.roles)) {
    const orgId = await mockOrg(execute, publicId);
    await execute('INSERT INTO memberships (actor_id, org_id, role) VALUES ($1, $2, $3)', [actorId, orgId, role]);
    // Of several the last: the one that is most theirs.
    await execute('UPDATE actors SET personal_org_id = $2 WHERE id = $1', [actorId, orgId]);
  }
}

async function mockOrg(execute: Execute, publicId: string): Promise<string> {
  await execute(
    `INSERT INTO orgs (id, public_id, name, kind) VALUES ($1, $2, $3, 'team') ON CONFLICT (public_id) DO NOTHING`,
    [newId('org'), publicId, publicId],
  );
  const { rows } = await execute('SELECT id FROM orgs WHERE public_id = $1', [publicId]);
  return String(rows[0]?.['id']);
}
