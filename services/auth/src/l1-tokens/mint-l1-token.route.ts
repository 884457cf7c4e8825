import type { RequestHandler } from 'express';
import { z } from 'zod';
import { byOf } from '../by-of.ts';
import { revocableId } from '../revocation/revocable-id.ts';
import { actorId, l1Server, sessionId } from './l1-token-bodies.ts';
import { mintL1Token, type MintL1TokenDeps } from './mint-l1-token.ts';

const bodySchema = z.object({
  ...{ actor_id: actorId, session_id: sessionId.nullish(), credential_id: revocableId.nullish() },
  l1_server: l1Server,
});

/**
 * `POST /internal/auth/tokens/l1` `{actor_id, session_id?, credential_id?, l1_server}` → 201 `{token, jti, token_hash, expires_at, superseded}`,
 * the last being older ones that it ended, as `{jti, token_hash}`.
 */
export function mintL1TokenRoute(deps: MintL1TokenDeps): RequestHandler {
  return async (req, res) => {
    const body = bodySchema.parse(req.body);
    const { session_id: session = null, credential_id: credential = null } = body;
    const wanted = { actorId: body.actor_id, sessionId: session, credentialId: credential, l1Server: body.l1_server };
    const { token, row, superseded } = await mintL1Token(deps, wanted, byOf(body.actor_id, req, res));
    res
      .status(201)
      .set('cache-control', 'no-store')
      .json({
        ...{ token, jti: row.id, token_hash: row.tokenHash, expires_at: row.expiresAt.toISOString() },
        superseded: superseded.map(({ jti, tokenHash }) => ({ jti, token_hash: tokenHash })),
      });
  };
}
