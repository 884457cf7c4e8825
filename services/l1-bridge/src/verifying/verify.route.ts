import { RevocationUnavailable } from '@artdag/revocation';
import { AppError, clientIp, toAppError, validationError } from '@artdag/service-kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { L1Directory } from '../l1-servers/l1-directory.ts';
import { l1NotAuthorized } from '../l1-servers/refusals.ts';
import type { RequireSignature } from './signed-verify.ts';
import { verifyToken, type VerifyDeps, type Verified } from './verify.ts';
import type { VerifyLimits } from './verify-limits.ts';

export interface VerifyRouteDeps extends VerifyDeps {
  servers: Pick<L1Directory, 'look'>;
  limits: VerifyLimits;
  requireSignature: RequireSignature;
  /** Whether L1s have to sign. */
  mustSign: boolean;
  /** Told of every answer: `ok`, or the code of the refusal. `l1` is empty for a server that is not listed. */
  onResult: (l1: string, result: string) => void;
  /** Told of every good token once its answer is on the way. */
  onVerified: (jti: string) => void;
}

const maxTokenLength = 16 * 1024;
const bodySchema = z.object({
  token: z.string().min(1).max(maxTokenLength).optional(),
  l1_server: z.string().min(1).max(2048),
});

/**
 * `POST /auth/verify` `{token, l1_server}`, or the token as Bearer → 200 with whose it is. Identity's verification of keys is
 * `POST /api/auth/verify`: its bodies have nothing in common with ours.
 */
export function verifyRoute(deps: VerifyRouteDeps): RequestHandler {
  return async (req, res) => {
    res.set('cache-control', 'no-store');
    const { token, l1Server } = readBodyOf(req);
    let l1 = '';
    try {
      const found = deps.servers.look(l1Server);
      const server = found instanceof Promise ? await found : found;
      l1 = server?.url ?? '';
      const counted = deps.limits.count(server?.url, clientIp(req));
      if (counted !== undefined) await counted;
      if (server === undefined || server.status === 'disabled') throw l1NotAuthorized();
      if (deps.mustSign) await deps.requireSignature(req, server);
      const verified = await verifyToken(deps, token, server);
      res.json(answerOf(verified));
      deps.onResult(l1, 'ok');
      deps.onVerified(verified.token.jti);
    } catch (error) {
      const refusal = refusalOf(error);
      deps.onResult(l1, toAppError(refusal).code);
      throw refusal;
    }
  };
}

/** Whatever could not be asked (auth for its keys or an actor, the database for the L1s), an L1 gets one answer: try again. */
function refusalOf(error: unknown): unknown {
  return toAppError(error).status === 503 ? new RevocationUnavailable(error) : error;
}

function readBodyOf(req: Request): { token: string; l1Server: string } {
  const body = bodySchema.safeParse(req.body ?? {});
  const bearer = bearerOf(req);
  if (!body.success) {
    const sent: unknown = req.body;
    if (typeof sent === 'object' && sent !== null && 'challenge_token' in sent) {
      const message = 'This verifies tokens of L1s. A key challenge is completed at POST /api/auth/verify.';
      throw new AppError('validation_error', 422, message);
    }
    throw validationError('body', body.error);
  }
  const { token = bearer, l1_server: l1Server } = body.data;
  if (token === undefined) {
    throw new AppError('validation_error', 422, 'Send the token as "token" in the body, or as Authorization: Bearer.');
  }
  if (bearer !== undefined && bearer !== token) {
    throw new AppError(
      'validation_error',
      422,
      'The body and the Authorization header have different tokens; send one.',
    );
  }
  return { token, l1Server };
}

function bearerOf(req: Request): string | undefined {
  const header = req.headers.authorization;
  return header === undefined ? undefined : /^bearer +([^\s,]+)$/i.exec(header)?.[1];
}

function answerOf({ token, actor }: Verified) {
  return {
    ...{ valid: true, username: actor.username, actor_id: token.actorId, display_name: actor.displayName },
    ...{ l2_server: token.l2Server, l1_server: token.l1Server, scopes: token.scopes, jti: token.jti },
    issued_at: new Date(token.issuedAt * 1000).toISOString(),
    expires_at: new Date(token.expiresAt * 1000).toISOString(),
    actor: {
      ...{ actor_id: actor.actor_id, actor_type: actor.actor_type },
      ...{ microdao_ids: actor.microdao_ids, roles: actor.roles },
    },
  };
}
