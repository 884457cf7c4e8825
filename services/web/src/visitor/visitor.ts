import type { Logger } from '@artdag/service-kit';
import type { Request } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway/gateway.ts';
import { sessionSecretOf } from '../gateway/session-secret.ts';
import { visitOf } from '../gateway/visit.ts';

/** Who looks at a page. `unknown`: there is a cookie, and whose it is could not be found out. */
export type Visitor =
  | { state: 'anonymous' }
  /** `me`: the answer of `GET /auth/me`, of which pages about the account show more. */
  | { state: 'signed-in'; username: string; me: unknown }
  | { state: 'unknown' };

const officeSchema = z.object({ is_sysadmin: z.literal(true) });

/** Whether the visitor is an administrator of the server, as far as is known; the API has the last word. */
export function isSysadmin(visitor: Visitor): boolean {
  return visitor.state === 'signed-in' && officeSchema.safeParse(visitor.me).success;
}

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
    return { state: 'signed-in', username: meSchema.parse(body).username, me: body };
  } catch (error) {
    logger.warn('Who is signed in could not be read.', { request_id: visit.requestId, error });
    return { state: 'unknown' };
  }
}
