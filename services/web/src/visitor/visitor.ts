import type { Logger } from '@artdag/service-kit';
import type { Request } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway/gateway.ts';
import { sessionSecretOf } from '../gateway/session-secret.ts';
import { visitOf } from '../gateway/visit.ts';

/** Who looks at a page. `unknown`: there is a cookie, and whose it is could not be found out. */
export type Visitor = { state: 'anonymous' } | { state: 'signed-in'; username: string } | { state: 'unknown' };

/** Asks at most once per request, and nobody for those who have no cookie. Never rejects. */
export type VisitorOf = (req: Request) => Promise<Visitor>;

const meSchema = z.object({ username: z.string() });

export function createVisitorOf(deps: { gateway: Gateway; logger: Logger }): VisitorOf {
  const known = new WeakMap<Request, Promise<Visitor>>();
  return (req) => {
    const asked = known.get(req) ?? ask(deps, req);
    known.set(req, asked);
    return asked;
  };
}

async function ask({ gateway, logger }: { gateway: Gateway; logger: Logger }, req: Request): Promise<Visitor> {
  const visit = visitOf(req);
  if (sessionSecretOf(visit.cookie) === undefined) return { state: 'anonymous' };
  try {
    const { status, body } = await gateway({ path: '/auth/me', visit });
    if (status === 401) return { state: 'anonymous' };
    if (status !== 200) throw new Error(`The gateway answered ${status} to GET /auth/me.`);
    return { state: 'signed-in', username: meSchema.parse(body).username };
  } catch (error) {
    logger.warn('Who is signed in could not be read.', { request_id: visit.requestId, error });
    return { state: 'unknown' };
  }
}
