import { tokenRevoked } from '@artdag/events';
import { appendEvent } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import { appendAudit } from '../audit/audit.ts';
import { endL1TokensWith } from '../l1-tokens/end-with-credential.ts';
import { writeDenials } from '../revocation/write-denials.ts';
import { leewaySeconds } from '../tokens/token-kinds.ts';
import type { By, InTransaction } from '../transaction.ts';
import { endApiToken } from './api-token-rows.ts';

export interface RevokeApiTokenDeps {
  inTransaction: InTransaction;
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
}

const idPattern = /^tok_[0-9a-z]{26}$/;

/**
 * Revokes an API token of the actor's, and what L1s got by it. No replica accepts any of it once this resolves; repeating it is safe.
 *
 * @throws AppError 404 `token_not_found` for an unknown one, and for another's
 */
export async function revokeApiToken(deps: RevokeApiTokenDeps, actorId: string, id: string, by: By): Promise<void> {
  if (!idPattern.test(id)) throw notFound();
  const now = deps.now();
  const reason = 'token_revoked';
  const l1Tokens = await deps.inTransaction(actorId, async (execute) => {
    const ids = await endL1TokensWith(execute, { actorId, credentialIds: [id], reason }, by, now);
    const token = await endApiToken(execute, { id, actorId, now });
    if (token === null) throw notFound();
    const { tokenHash, expiresAt, wasRevoked } = token;
    if (wasRevoked) return ids;
    // Clocks that differ accept it a little longer.
    const deniedUntil = new Date(expiresAt.getTime() + 2 * leewaySeconds * 1000);
    await writeDenials(execute, [{ id, reason, actorId, tokenHash, expiresAt: deniedUntil }]);
    await appendEvent(
      execute,
      tokenRevoked.create({
        ...{ id: newId('evt'), occurred_at: now.toISOString(), subject: id, subject_version: 1 },
        ...{ actor_id: actorId, correlation_id: by.requestId },
        data: { jti: id, token_hash: tokenHash, exp: Math.floor(expiresAt.getTime() / 1000) },
      }),
    );
    await appendAudit(execute, { ...by, action: 'api_token.revoked', target: id });
    return ids;
  });
  deps.onEvent();
  // After a repeat too: the first answer may still be under way.
  await deps.revoker.enforce([id, ...l1Tokens]);
}

function notFound(): AppError {
  return new AppError('token_not_found', 404, 'There is no such token.');
}
