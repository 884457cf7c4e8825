import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/**
 * The headers that helmet would set, computed once: they are the same on every answer, and running its twelve
 * middlewares on each costs more than the rest of the pipeline.
 */
export function securityHeaders(options: Readonly<HelmetOptions> = {}): [string, string][] {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(res.req, res, (error) => {
    if (error !== undefined) throw error;
  });
  return res.getHeaderNames().map((name) => [name, String(res.getHeader(name))]);
}
