import { AppError } from '@artdag/service-kit';
import { appendAudit } from '../audit/audit.ts';
import { endL1TokensWith } from '../l1-tokens/end-with-credential.ts';
import { writeDenials } from '../revocation/write-denials.ts';
import type { By, InTransaction } from '../transaction.ts';
import { isApiKeyId } from './api-key.ts';
import { endApiKey } from './api-key-rows.ts';

export interface DeleteApiKeyDeps {
  inTransaction: InTransaction;
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
}

/** Whoever keeps something of an API key reads it again within a minute. */
const denialMs = 10 * 60_000;

/**
 * Switches off a key of the actor's, and ends what L1s got by it. No replica accepts any of it once this resolves; repeating it is safe.
 *
 * @throws AppError 404 `api_key_not_found`
 */
export async function deleteApiKey(deps: DeleteApiKeyDeps, actorId: string, id: string, by: By): Promise<void> {
  if (!isApiKeyId(id)) throw notFound();
  const now = deps.now();
  const reason = 'api_key_deleted';
  const l1Tokens = await deps.inTransaction(actorId, async (execute) => {
    const ids = await endL1TokensWith(execute, { actorId, credentialIds: [id], reason }, by, now);
    const ended = await endApiKey(execute, actorId, id);
    if (ended === null) throw notFound();
    if (!ended.wasActive) return ids;
    const expiresAt = new Date(now.getTime() + denialMs);
    await writeDenials(execute, [{ id, reason, actorId, expiresAt }]);
    await appendAudit(execute, { ...by, action: 'api_key.deleted', target: id });
    return ids;
  });
  deps.onEvent();
  // After a repeat too: the first answer may still be under way.
  await deps.revoker.enforce([id, ...l1Tokens]);
}

function notFound(): AppError {
  return new AppError('api_key_not_found', 404, 'API key not found');
}
