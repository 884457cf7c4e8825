import type { RequestHandler } from 'express';
import type { L1Directory } from './l1-directory.ts';

/** `GET /internal/l1/servers` → `{"l1_servers":["https://…"]}`, those that work: the configured ones in their order, then those added. */
export function listL1ServersRoute({ servers }: { servers: Pick<L1Directory, 'list'> }): RequestHandler {
  return async (_req, res) => {
    const listed = await servers.list();
    res.json({ l1_servers: listed.filter(({ status }) => status !== 'disabled').map(({ url }) => url) });
  };
}
