import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

/**
 * For answers that no browser shows as a page. What concerns documents alone (openers, agent clusters, DNS prefetch, old plug-ins and
 * filters) is left out: each header is written, parsed and written again on its way through the gateway.
 */
export const apiHeaders: Readonly<HelmetOptions> = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/**
 * The headers that helmet would set, computed once: they are the same on every answer, and running its twelve
 * middlewares on each costs more than the rest of the pipeline.
 */
export function securityHeaders(options: Readonly<HelmetOptions>): [string, string][] {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(res.req, res, (error) => {
    if (error !== undefined) throw error;
  });
  return res.getHeaderNames().map((name) => [name, String(res.getHeader(name))]);
}
