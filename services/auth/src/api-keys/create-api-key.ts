import { AppError } from '@artdag/service-kit';
import { identityOf, type ActorProfile } from '../actors/actor-profile.ts';
import { appendAudit } from '../audit/audit.ts';
import { lockForMinting } from '../tokens/lock-for-minting.ts';
import type { By, InTransaction } from '../transaction.ts';
import { newApiKey } from './api-key.ts';
import { countActiveApiKeys, insertApiKey, type ApiKeyRow } from './api-key-rows.ts';

export interface CreateApiKeyDeps {
  inTransaction: InTransaction;
  now: () => Date;
}

export interface NewApiKeyInput {
  profile: ActorProfile;
  /** The session that asks; null for an operator, on behalf of a service. */
  sessionId: string | null;
  orgId: string | null;
  description: string;
  /** Within what the maker has, which the caller has seen to. */
  scopes: readonly string[];
  /** Null: it does not expire. */
  expiresDays: number | null;
}

const maxActive = 25;
const dayMs = 24 * 3600_000;

/**
 * Makes an API key. Keys of one actor are made one after the other, so that they can be counted.
 *
 * @throws AppError 401 `unauthorized` when session or actor have ended, 409 `too_many_keys`
 */
export async function createApiKey(deps: CreateApiKeyDeps, input: NewApiKeyInput, by: By): Promise<ApiKeyRow> {
  const { profile, sessionId, orgId, description, scopes, expiresDays } = input;
  const { actorId } = profile;
  const now = deps.now();
  const expiresAt = expiresDays === null ? null : new Date(now.getTime() + expiresDays * dayMs);
  const actorData = identityOf(profile);
  const row = { ...newApiKey(), actorId, actorData, orgId, description, scopes, createdAt: now, expiresAt };
  await deps.inTransaction(actorId, async (execute) => {
    await lockForMinting(execute, { actorId, sessionId, now, alone: true });
    if ((await countActiveApiKeys(execute, actorId, now)) >= maxActive) throw tooMany();
    await insertApiKey(execute, row);
    await appendAudit(execute, { ...by, action: 'api_key.created', target: row.id, data: { ...by.data, scopes } });
  });
  return row;
}

function tooMany(): AppError {
  return new AppError('too_many_keys', 409, `There are ${maxActive} active API keys; delete one first.`);
}
