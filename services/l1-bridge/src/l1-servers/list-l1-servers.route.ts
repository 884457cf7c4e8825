import type { RequestHandler } from 'express';

/** `GET /internal/l1/servers` → `{"l1_servers":["https://…"]}`, the configured ones in their order. */
export function listL1ServersRoute({ l1Servers }: { l1Servers: readonly string[] }): RequestHandler {
  return (_req, res) => {
    res.json({ l1_servers: l1Servers });
  };
}
