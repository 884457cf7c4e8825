import type { Database } from '@artdag/database/auth';
import type { OrgRole } from '../actors/actor-profile.ts';
import type { ListedOrg, Org } from './org.ts';

export interface OrgRepository {
  /** Orgs with their present members, by public id; personal ones only when asked for. At most `limit`, after `after`. */
  list(o: { personal: boolean; limit: number; after: string | null }): Promise<ListedOrg[]>;
}

export function createOrgRepository({ prisma }: Database): OrgRepository {
  return {
    async list({ personal, limit, after }) {
      const rows = await prisma.org.findMany({
        where: { ...(personal ? {} : { kind: 'team' }), ...(after === null ? {} : { publicId: { gt: after } }) },
        orderBy: { publicId: 'asc' },
        take: limit,
        include: { memberships: { where: { leftAt: null }, orderBy: { joinedAt: 'asc' }, include: { actor: true } } },
      });
      return rows.map(({ id, publicId, name, kind, memberships }) => ({
        id,
        public_id: publicId,
        name,
        kind: kind as Org['kind'],
        members: memberships.map(({ actorId, actor, role, joinedAt }) => ({
          actor_id: actorId,
          handle: actor.handle,
          role: role as OrgRole,
          joined_at: joinedAt.toISOString(),
        })),
      }));
    },
  };
}
