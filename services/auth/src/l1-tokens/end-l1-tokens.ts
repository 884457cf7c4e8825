import { tokenRevoked } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { appendAudit } from '../audit/audit.ts';
import { writeDenials } from '../revocation/write-denials.ts';
import { leewaySeconds } from '../tokens/token-kinds.ts';
import type { By, InTransaction } from '../transaction.ts';
import { endTokensForL1, lastEndedForL1, type EndedToken } from './l1-token-rows.ts';

export interface EndL1TokensDeps {
  inTransaction: InTransaction;
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
}

export interface WhichL1Tokens {
  actorId: string;
  l1Server: string;
  /** One of them; null for all. */
  jti: string | null;
  reason: string;
}

/** An answer is given within five seconds. */
export const answeredWithinMs = 30_000;

/** Ends what an actor has at one L1. No replica accepts any of it once this resolves; repeating it is safe. */
export async function endL1TokensAt(deps: EndL1TokensDeps, which: WhichL1Tokens, by: By): Promise<EndedToken[]> {
  const { actorId, l1Server, jti, reason } = which;
  const now = deps.now();
  const { ended, recent } = await deps.inTransaction(actorId, async (execute) => {
    const tokens = await endTokensForL1(execute, { actorId, l1Server, jti, now });
    await recordEnded(execute, tokens, { actorId, reason }, by, now);
    const since = new Date(now.getTime() - answeredWithinMs);
    return { ended: tokens, recent: await lastEndedForL1(execute, { actorId, l1Server, jti, since }) };
  });
  deps.onEvent();
  // Also what somebody else has ended a moment ago: the first answer may still be under way.
  await deps.revoker.enforce([...new Set([...ended.map((token) => token.jti), ...recent])]);
  return ended;
}

/** Of tokens whose rows the caller's transaction has ended: what readers are to know of it, the audit entry and the event. */
export async function recordEnded(
  execute: Execute,
  tokens: readonly EndedToken[],
  which: Pick<WhichL1Tokens, 'actorId' | 'reason'>,
  by: By,
  now: Date,
): Promise<void> {
  const { actorId, reason } = which;
  const denials = tokens.map(({ jti: id, tokenHash, expiresAt }) => ({
    ...{ id, tokenHash, reason, actorId },
    // Clocks that differ accept it a little longer.
    expiresAt: new Date(expiresAt.getTime() + 2 * leewaySeconds * 1000),
  }));
  if (denials.length === 0) return;
  await writeDenials(execute, denials);
  const { rows } = await execute('SELECT handle FROM actors WHERE id = $1', [actorId]);
  const ended = { ...which, username: String(rows[0]?.['handle']) };
  for (const token of tokens) await record(execute, token, ended, by, now);
}

/** The L1 hears by the event of what ended for somebody who was interrupted before having it told. */
async function record(
  execute: Execute,
  token: EndedToken,
  which: Pick<WhichL1Tokens, 'actorId' | 'reason'> & { username: string },
  by: By,
  now: Date,
): Promise<void> {
  const { jti, tokenHash, l1Server: l1_server, expiresAt } = token;
  const { reason, username } = which;
  const data = { ...by.data, l1_server, reason };
  await appendAudit(execute, { ...by, action: 'l1_token.revoked', target: jti, data });
  await appendEvent(
    execute,
    tokenRevoked.create({
      ...{ id: newId('evt'), occurred_at: now.toISOString(), subject: jti, subject_version: 1 },
      ...{ actor_id: which.actorId, correlation_id: by.requestId },
      data: {
        ...{ jti, token_hash: tokenHash, exp: Math.floor(expiresAt.getTime() / 1000) },
        l1_token: { l1_server, username, reason },
      },
    }),
  );
}
