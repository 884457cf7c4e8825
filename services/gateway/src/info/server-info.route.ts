import type { RequestHandler } from 'express';
import type { ServerInfo } from './server-info.ts';

/** `GET /` for programs. */
export function serverInfoRoute(serverInfo: () => Promise<ServerInfo>): RequestHandler {
  return async (_request, response) => {
    response.setHeader('cache-control', 'public, max-age=3');
    response.json(await serverInfo());
  };
}
