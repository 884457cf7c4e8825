import { clientIp } from '@artdag/service-kit';
import type { Request } from 'express';
import type { ClientInfo } from './session.ts';

const maxUserAgent = 256;

/** Whence the request came, as its session records it. */
export function clientOf(req: Request): ClientInfo {
  return { ip: clientIp(req), userAgent: req.get('user-agent')?.slice(0, maxUserAgent) ?? null };
}
