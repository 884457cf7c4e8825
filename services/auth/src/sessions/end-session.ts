import { userLoggedOut } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { appendAudit } from '../audit/audit.ts';
import { writeDenials } from '../revocation/write-denials.ts';
import type { By, InTransaction } from '../transaction.ts';
import { endL1Tokens, endSessionRows, justEnded, type EndedL1Token, type WhichSessions } from './end-rows.ts';

export interface EndSessionDeps {
  inTransaction: InTransaction;
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  now: () => Date;
  /** Called after a commit that wrote an event. */
  onEvent: () => void;
}

export interface EndSession {
  actorId: string;
  which: WhichSessions;
  /** Stored with the session. `replaced`, by a new one of the same person, is no logout: the L1 tokens live on, and nobody is told. */
  reason: 'logout' | 'session_ended' | 'password_changed' | 'refresh_reuse' | 'replaced';
  by: By;
  /** The ids of signed tokens that are known to be of the session, for the event. */
  jtis?: readonly string[];
}

/**
 * Ends sessions of an actor, and its L1 tokens: the one way out, whatever the door (conflicts C4). Access and refresh tokens live and die
 * with the row of their session. No replica accepts any of it once this resolves, also when somebody else has ended it a moment ago.
 */
export async function endSession(deps: EndSessionDeps, o: EndSession): Promise<void> {
  const now = deps.now();
  const ids = await deps.inTransaction(o.actorId, (execute) => endInTransaction(execute, o, now));
  deps.onEvent();
  await deps.revoker.enforce(ids);
}

/** @returns the ids to enforce after the commit */
export async function endInTransaction(execute: Execute, o: EndSession, now: Date): Promise<string[]> {
  const { actorId, which, reason } = o;
  const sessions = await endSessionRows(execute, actorId, which, reason, now);
  const named = 'only' in which ? [which.only] : [];
  const isGoneAlready = named.length > 0 && sessions.length === 0;
  const l1Tokens = isGoneAlready || reason === 'replaced' ? [] : await endL1Tokens(execute, actorId, now);
  if (sessions.length + l1Tokens.length > 0) await record(execute, o, { sessions, l1Tokens, now });
  const several = 'all' in which || 'allBut' in which;
  const recent = await justEnded(execute, actorId, { since: after(now, -answeredWithinMs), sessions: several });
  return [...new Set([...named, ...sessions, ...l1Tokens.map(({ jti }) => jti), ...recent])];
}

/** No signed token of a session outlives a day; the rest is for clocks that differ. */
const signedLifeMs = 25 * 3600_000;
const leewayMs = 300_000;
const answeredWithinMs = 30_000;

async function record(
  execute: Execute,
  o: EndSession,
  ended: { sessions: string[]; l1Tokens: EndedL1Token[]; now: Date },
): Promise<void> {
  const { actorId, reason, by } = o;
  const { sessions, l1Tokens, now } = ended;
  const { username, version } = await actorRow(execute, actorId);
  const denied = { reason, actorId, username };
  await writeDenials(execute, [
    ...sessions.map((id) => ({ ...denied, id, expiresAt: after(now, signedLifeMs) })),
    ...l1Tokens.map(({ jti: id, token_hash: tokenHash, expiresAt }) => ({
      ...{ ...denied, id, tokenHash },
      expiresAt: after(expiresAt, leewayMs),
    })),
  ]);
  const sessionId = sessions.length === 1 ? (sessions[0] ?? null) : null;
  await appendAudit(execute, {
    ...{ actorId: by.actorId, ip: by.ip, requestId: by.requestId },
    action: reason === 'logout' ? 'logout' : 'session.ended',
    target: sessionId ?? actorId,
    data: { ...by.data, reason, sessions: sessions.length, l1_tokens: l1Tokens.length },
  });
  if (reason === 'replaced') return;
  const event = userLoggedOut.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: sessionId ?? actorId,
    subject_version: sessionId === null ? version : 2,
    actor_id: actorId,
    correlation_id: by.requestId,
    data: {
      actor_id: actorId,
      username,
      session_id: sessionId,
      jtis: [...new Set([...(o.jtis ?? []), ...l1Tokens.map(({ jti }) => jti)])],
      l1_tokens: l1Tokens.map(({ l1_server, jti, token_hash }) => ({ l1_server, jti, token_hash })),
      all: 'all' in o.which,
      reason,
    },
  });
  await appendEvent(execute, event);
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}

async function actorRow(execute: Execute, actorId: string): Promise<{ username: string; version: number }> {
  const { rows } = await execute('SELECT handle, version FROM actors WHERE id = $1', [actorId]);
  return { username: String(rows[0]?.['handle']), version: Number(rows[0]?.['version']) };
}
