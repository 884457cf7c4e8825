import type { Database } from '@artdag/database/auth';
import type { ActorProfile, ActorType, OrgRole } from './actor-profile.ts';

export interface ActorRepository {
  find(actorId: string): Promise<ActorProfile | null>;
  idOf(handle: string): Promise<string | null>;
}

export function createActorRepository({ prisma }: Database): ActorRepository {
  return {
    async find(actorId) {
      const actor = await prisma.actor.findUnique({
        where: { id: actorId },
        include: { memberships: { where: { leftAt: null }, orderBy: { joinedAt: 'asc' }, include: { org: true } } },
      });
      if (actor === null) return null;
      return {
        actorId: actor.id,
        actorType: actor.actorType as ActorType,
        handle: actor.handle,
        displayName: actor.displayName,
        email: actor.email,
        isSysadmin: actor.isSysadmin,
        status: actor.status as ActorProfile['status'],
        version: actor.version,
        personalOrgId: actor.personalOrgId,
        memberships: actor.memberships.map(({ orgId, org, role }) => ({
          orgId,
          microdaoId: org.publicId,
          role: role as OrgRole,
        })),
        createdAt: actor.createdAt,
      };
    },
    async idOf(handle) {
      return (await prisma.actor.findUnique({ where: { handle }, select: { id: true } }))?.id ?? null;
    },
  };
}
