import { clientIp } from '@artdag/service-kit';
import type { Request } from 'express';

/** What of a visitor's request the gateway is told when web asks something for them (art-dag-l2.md §5). */
export interface Visit {
  requestId: string;
  /** The visitor's address, as the gateway (a trusted proxy) told us: the gateway believes what we say of it. */
  address: string;
  userAgent: string | undefined;
  origin: string | undefined;
  /** As it came; nothing here takes a cookie apart that it does not need. */
  cookie: string | undefined;
}

export function visitOf(req: Request): Visit {
  return {
    requestId: String(req.res?.locals.requestId),
    address: clientIp(req),
    userAgent: req.get('user-agent'),
    origin: req.get('origin'),
    cookie: req.get('cookie'),
  };
}
