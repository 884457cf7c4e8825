import type { RequestHandler } from 'express';
import { createCidrMatcher } from '../cidr.ts';
import { AppError } from '../errors.ts';
import type { Health } from '../health.ts';
import type { Metrics } from '../metrics.ts';

export type Operations = Map<string, RequestHandler>;

export interface OperationsOptions {
  service: string;
  version: string;
  health: Health;
  metrics: Metrics;
  metricsAllowCidrs: readonly string[];
}

/** The routes that every service has for whoever runs it, by path. */
export function operationsRoutes(o: OperationsOptions): Operations {
  const alive = JSON.stringify({ status: 'ok', service: o.service, version: o.version });
  const readers = createCidrMatcher(o.metricsAllowCidrs);

  const healthz: RequestHandler = (_req, res) => {
    res.type('json').send(alive);
  };

  const readyz: RequestHandler = async (_req, res) => {
    const readiness = await o.health.ready();
    res.status(readiness.status === 'unavailable' ? 503 : 200).json({ ...readiness, service: o.service });
  };

  const metrics: RequestHandler = async (req, res) => {
    // The socket's address: X-Forwarded-For is the caller's to write.
    if (!readers.matches(req.socket.remoteAddress ?? '')) throw new AppError('not_found', 404, 'Not Found');
    res.type(o.metrics.registry.contentType).send(await o.metrics.registry.metrics());
  };

  return new Map([
    ['/healthz', healthz],
    ['/readyz', readyz],
    ['/v1/ready', readyz],
    ['/metrics', metrics],
  ]);
}
