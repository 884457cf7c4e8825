import { userLoggedOut } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { writeDenials } from '../revocation/write-denials.ts';
import { endSessionRows } from '../sessions/end-rows.ts';
import type { By } from '../transaction.ts';

export interface EndCredentials {
  actorId: string;
  username: string;
  reason: string;
  now: Date;
}

/** A token that an L1 server holds, as it is told that it has ended. */
type EndedL1Token = { l1_server: string; jti: string; token_hash: string };

/** No signed token of a session outlives a day; the rest is for clocks that differ. */
const signedLifeMs = 25 * 3600_000;
/** API keys are read from the database at least once a minute. */
const readLifeMs = 600_000;
const leewayMs = 300_000;

/** Ends every session of an actor in the caller's transaction, each with a denial of its own, and gives back their ids. */
async function endSessions(execute: Execute, o: EndCredentials): Promise<string[]> {
  const ids = await endSessionRows(execute, o.actorId, { all: true }, o.reason, o.now);
  await execute(`DELETE FROM refresh_tokens WHERE actor_id = $1`, [o.actorId]);
  await denyAll(execute, o, ids, signedLifeMs);
  return ids;
}

/** Ends the API keys of an actor (of one org, if it is given) likewise. */
export async function endApiKeys(execute: Execute, o: EndCredentials & { orgId?: string }): Promise<string[]> {
  const { rows } = await execute(
    `UPDATE api_keys k SET is_active = false
     FROM (SELECT id FROM api_keys WHERE actor_id = $1 AND is_active AND ($2::text IS NULL OR org_id = $2)
           ORDER BY id FOR NO KEY UPDATE) AS live
     WHERE k.id = live.id RETURNING k.id`,
    [o.actorId, o.orgId ?? null],
  );
  const ids = rows.map(({ id }) => String(id));
  await denyAll(execute, o, ids, readLifeMs);
  return ids;
}

interface EndedToken {
  id: string;
  tokenHash: string;
  l1Server: string | null;
  expiresAt: Date;
}

/** Ends the API tokens and L1 tokens of an actor likewise. */
async function endTokens(execute: Execute, o: EndCredentials): Promise<{ ids: string[]; l1Tokens: EndedL1Token[] }> {
  const { actorId, username, reason, now } = o;
  const { rows } = await execute(
    `UPDATE api_tokens t SET revoked_at = $2::timestamptz
     FROM (SELECT id FROM api_tokens
           WHERE actor_id = $1 AND revoked_at IS NULL AND expires_at > $2::timestamptz
           ORDER BY id FOR NO KEY UPDATE) AS live
     WHERE t.id = live.id
     RETURNING t.id, t.token_hash AS "tokenHash", t.l1_server AS "l1Server", t.expires_at AS "expiresAt"`,
    [actorId, now.toISOString()],
  );
  const ended = rows as unknown as EndedToken[];
  await writeDenials(
    execute,
    ended.map(({ id, tokenHash, expiresAt }) => ({
      ...{ id, tokenHash, actorId, username, reason },
      expiresAt: after(expiresAt, leewayMs),
    })),
  );
  const l1Tokens = ended.flatMap(({ id: jti, tokenHash: token_hash, l1Server: l1_server }) =>
    l1_server === null ? [] : [{ l1_server, jti, token_hash }],
  );
  return { ids: ended.map(({ id }) => id), l1Tokens };
}

/**
 * Ends whatever carries a signed word about an actor, or makes such: all sessions, API tokens and L1 tokens, in the caller's transaction. The L1s hear
 * of it by the event. Gives back all ids.
 */
export async function endSigned(execute: Execute, o: EndCredentials, by: By): Promise<string[]> {
  const { actorId, username, reason, now } = o;
  const sessions = await endSessions(execute, o);
  const { ids: jtis, l1Tokens } = await endTokens(execute, o);
  const { rows } = await execute('SELECT version FROM actors WHERE id = $1', [actorId]);
  const event = userLoggedOut.create({
    ...{
      id: newId('evt'),
      occurred_at: now.toISOString(),
      subject: actorId,
      subject_version: Number(rows[0]?.['version']),
    },
    ...{ actor_id: actorId, correlation_id: by.requestId },
    data: { actor_id: actorId, username, session_id: null, jtis, l1_tokens: l1Tokens, all: true, reason },
  });
  await appendEvent(execute, event);
  return [...sessions, ...jtis];
}

async function denyAll(execute: Execute, o: EndCredentials, ids: string[], lifeMs: number): Promise<void> {
  const { actorId, username, reason, now } = o;
  const expiresAt = after(now, lifeMs);
  await writeDenials(
    execute,
    ids.map((id) => ({ id, actorId, username, reason, expiresAt })),
  );
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}
