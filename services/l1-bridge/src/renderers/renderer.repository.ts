import type { Database } from '@artdag/database/bridge';

/** An L1 server as an actor sees it. */
export interface Renderer {
  /** Its address. */
  l1_server: string;
  name: string | null;
  /** The server's own state: whether it takes new attachments. */
  status: 'active' | 'draining' | 'disabled';
  /** Whether the L1 has verified the actor's token. */
  attached: boolean;
  verified_at: Date | null;
}

export interface RendererRepository {
  /** The servers of `urls`, in that order, with the attachments of the actor. */
  listFor(actorId: string, urls: readonly string[]): Promise<Renderer[]>;
}

// No condition on the actor: row-level security shows the owner's attachments and no others.
const listFor = `
  SELECT server.url AS l1_server, server.name, server.status,
         coalesce(own.status = 'attached', false) AS attached, own.verified_at
  FROM l1_servers AS server LEFT JOIN user_renderers AS own ON own.l1_url = server.url
  WHERE server.url = ANY ($1::text[])
  ORDER BY array_position($1::text[], server.url)`;

export function createRendererRepository(database: Database): RendererRepository {
  return {
    async listFor(actorId, urls) {
      const statement = { name: 'list-renderers', text: listFor, values: [urls] };
      return (await database.pgStatement<Renderer & Record<string, unknown>>(statement, { actorId })).rows;
    },
  };
}
