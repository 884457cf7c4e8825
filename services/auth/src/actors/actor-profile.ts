import type { ActorIdentity } from '@artdag/actor-context';

export type ActorType = ActorIdentity['actor_type'];
export type OrgRole = 'owner' | 'admin' | 'member';

export interface OrgMembership {
  orgId: string;
  /** `microdao:<slug>` */
  microdaoId: string;
  role: OrgRole;
}

/** What auth knows of an actor, credentials apart. */
export interface ActorProfile {
  actorId: string;
  actorType: ActorType;
  handle: string;
  displayName: string;
  email: string | null;
  isSysadmin: boolean;
  status: 'active' | 'disabled' | 'deleted';
  version: number;
  personalOrgId: string | null;
  memberships: OrgMembership[];
  createdAt: Date;
}

const flatRoles: Record<OrgRole, string> = { owner: 'microdao_owner', admin: 'admin', member: 'member' };

/** The flat roles of conflicts C17: `system_admin`, `agent`, and the union over all memberships. */
export function rolesOf(profile: Pick<ActorProfile, 'isSysadmin' | 'actorType' | 'memberships'>): string[] {
  const roles = new Set<string>();
  if (profile.isSysadmin) roles.add('system_admin');
  if (profile.actorType === 'agent') roles.add('agent');
  for (const { role } of profile.memberships) roles.add(flatRoles[role]);
  return [...roles];
}

export function identityOf(profile: ActorProfile): ActorIdentity {
  return {
    actor_id: profile.actorId,
    actor_type: profile.actorType,
    microdao_ids: profile.memberships.map(({ microdaoId }) => microdaoId),
    roles: rolesOf(profile),
  };
}

/** The role in one org, null for none. */
export function roleIn(profile: ActorProfile, orgId: string | null): OrgRole | null {
  return profile.memberships.find((membership) => membership.orgId === orgId)?.role ?? null;
}
