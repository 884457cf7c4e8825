import { z } from 'zod';

/** An identity as its row says it. */
export interface Profile {
  id: string;
  /** Null for an organisation. */
  actorId: string | null;
  /** Of an organisation. */
  orgId: string | null;
  handle: string;
  identityType: 'human' | 'agent' | 'org';
  displayName: string;
  bio: string | null;
  avatarUrl: string | null;
  websiteUrl: string | null;
  /** Counts the changes of bio, avatar and website. */
  profileVersion: number;
  email: string | null;
  agentModel: string | null;
  agentCapabilities: string[];
  /** An agent's owner, an organisation's founder: an actor. */
  spawnedBy: string | null;
  /** Of an agent. */
  expiresAt: Date | null;
  deletedAt: Date | null;
  endReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

const when = z.iso.datetime();

/** An identity as everybody sees it. */
export const identitySchema = z
  .object({
    id: z.string(),
    handle: z.string(),
    identity_type: z.enum(['human', 'agent', 'org']),
    display_name: z.string(),
    bio: z.string().nullable(),
    avatar_url: z.string().nullable(),
    website_url: z.string().nullable(),
    email: z
      .string()
      .nullable()
      .meta({ description: 'If its owner wants it to be seen; never the one of the account.' }),
    agent_model: z.string().nullable(),
    agent_capabilities: z.array(z.string()),
    actor_id: z.string().nullable().meta({ description: 'Null for an organisation.' }),
    spawned_by: z.string().nullable().meta({ description: 'The actor that an agent works for.' }),
    expires_at: when.nullable().meta({ description: 'Of an agent.' }),
    created_at: when,
    updated_at: when,
  })
  .meta({ id: 'Identity' });

export type ShownIdentity = z.output<typeof identitySchema>;

export function shownIdentity(profile: Profile): ShownIdentity {
  const isAgent = profile.identityType === 'agent';
  return {
    ...{ id: profile.id, handle: profile.handle, identity_type: profile.identityType },
    ...{ display_name: profile.displayName, bio: profile.bio, avatar_url: profile.avatarUrl },
    ...{ website_url: profile.websiteUrl, email: profile.email, agent_model: profile.agentModel },
    ...{ agent_capabilities: profile.agentCapabilities, actor_id: profile.actorId },
    spawned_by: isAgent ? profile.spawnedBy : null,
    expires_at: profile.expiresAt?.toISOString() ?? null,
    ...{ created_at: profile.createdAt.toISOString(), updated_at: profile.updatedAt.toISOString() },
  };
}

/** Whether it is there for everybody: neither deleted nor, for an agent, past its time. */
export function isLive({ deletedAt, expiresAt }: Pick<Profile, 'deletedAt' | 'expiresAt'>, now: Date): boolean {
  return deletedAt === null && (expiresAt === null || expiresAt > now);
}
