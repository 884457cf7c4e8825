import { clientIp } from '@artdag/service-kit';
import type { Request, Response } from 'express';
import type { By } from './transaction.ts';

/** On whose behalf a request is served. */
export function byOf(actorId: string, req: Pick<Request, 'app' | 'headers' | 'socket'>, res: Response): By {
  return { actorId, ip: clientIp(req as Request), requestId: res.locals.requestId };
}
