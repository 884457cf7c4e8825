import type { Assertion } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { AskAuth } from '../auth/ask-auth.ts';
import type { L1Directory } from '../l1-servers/l1-directory.ts';
import type { L1ServerRow } from '../l1-servers/l1-server.ts';
import { l1NotAuthorized } from '../l1-servers/refusals.ts';
import type { Detachment } from '../renderers/attachment.ts';
import type { EndReason } from '../revocations/end-reason.ts';
import type { L1Token } from '../tokens/l1-token.ts';
import { tokenScopeMismatch } from '../tokens/refusals.ts';
import type { TokenVerifier } from '../tokens/token-verifier.ts';

export interface RevokeDeps {
  servers: Pick<L1Directory, 'look'>;
  tokens: TokenVerifier;
  auth: Pick<AskAuth, 'end' | 'findToken'>;
  renderers: { detach(detachment: Detachment): Promise<boolean> };
}

const unknown = { revoked: false };

/** A token by itself or by its id. */
export type WhichToken = { token: string } | { jti: string };

/**
 * An L1 says that a token is dead: its user has logged out there. Who has the token can use it, so it is proof enough. A token that is not
 * ours, or dead already, is nothing to complain about; by its id another L1's is as unknown as any.
 *
 * @throws AppError 403 `token_scope_mismatch` for another L1's
 */
export async function revokeByL1(
  deps: RevokeDeps,
  server: L1ServerRow,
  which: WhichToken,
): Promise<{ revoked: boolean }> {
  const token = await find(deps, which);
  if (token === null) return unknown;
  if (token.l1Server === server.url) return await end(deps, token, 'l1_logout');
  if ('jti' in which) return unknown;
  throw tokenScopeMismatch();
}

/** A user says so of a token of theirs. Somebody else's is as unknown as any. */
export async function revokeByOwner(
  deps: RevokeDeps,
  caller: Assertion,
  which: WhichToken,
): Promise<{ revoked: boolean }> {
  const token = await find(deps, which);
  return token === null || token.actorId !== caller.actor.actor_id ? unknown : await end(deps, token, 'revoked');
}

type Dead = Pick<L1Token, 'jti' | 'actorId' | 'username' | 'l1Server'>;

async function end(
  { auth, renderers }: RevokeDeps,
  { actorId, username, l1Server, jti }: Dead,
  reason: EndReason,
): Promise<{ revoked: boolean }> {
  const ended = await auth.end({ actorId, l1Server, jti, reason });
  await renderers.detach({ actorId, username, l1Url: l1Server, jti, reason, ended });
  return { revoked: ended.length > 0 };
}

/** Null for what is no token of ours, or has expired. */
async function find({ auth, tokens }: RevokeDeps, which: WhichToken): Promise<Dead | null> {
  if ('jti' in which) {
    const token = await auth.findToken(which.jti);
    return token && { ...token, jti: which.jti };
  }
  try {
    return await tokens.verify(which.token);
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return null;
    throw error;
  }
}

/** @throws AppError 403 `l1_not_authorized` */
export async function listedL1({ servers }: RevokeDeps, text: string): Promise<L1ServerRow> {
  const server = await servers.look(text);
  if (server === undefined) throw l1NotAuthorized();
  return server;
}
