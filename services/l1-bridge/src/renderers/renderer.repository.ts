import type { Database } from '@artdag/database/bridge';
import { rendererAttached, rendererDetached } from '@artdag/events';
import { appendEvent, executeWithPg, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { isToldOf } from '../revocations/end-reason.ts';
import { enqueueRevocations, isEnded, lockAttachmentsOf, type NewRevocation } from '../revocations/enqueue.ts';
import type { Attachment, RendererRepository } from './attachment.ts';

// No condition on the actor: row-level security shows the owner's attachments and no others.
const listFor = `
  SELECT l1_url AS "l1Url", status, jti, token_hash AS "tokenHash", verified_at AS "verifiedAt", expires_at AS "expiresAt" FROM user_renderers`;

/*
 * Read after the token was minted: whoever closes the L1 later than that finds the token, and ends it. An L1 that is being removed waits for this
 * transaction, and an attachment that waits for its removal finds none.
 */
const open = `SELECT 1 FROM l1_servers WHERE url = $1 AND status = 'active' FOR KEY SHARE`;

const upsert = `
  INSERT INTO user_renderers (id, actor_id, username, l1_url, status, jti, token_hash, expires_at)
  VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7)
  ON CONFLICT (username, l1_url) DO UPDATE SET status = 'pending', jti = excluded.jti, token_hash = excluded.token_hash,
    expires_at = excluded.expires_at, attached_at = NULL, verified_at = NULL`;

const remove = `DELETE FROM user_renderers WHERE l1_url = $1 AND ($2::text IS NULL OR jti = $2)
  RETURNING id, jti, token_hash AS "tokenHash"`;

const mark = `
  UPDATE user_renderers r SET status = 'attached', attached_at = $2::timestamptz, verified_at = $2::timestamptz
  FROM (SELECT id FROM user_renderers WHERE jti = ANY($1::text[]) AND verified_at IS NULL ORDER BY id FOR NO KEY UPDATE) AS pending
  WHERE r.id = pending.id RETURNING r.id, r.actor_id, r.username, r.l1_url`;

const seen = `
  UPDATE l1_servers SET last_seen_at = $2::timestamptz
  WHERE url = ANY($1::text[]) AND (last_seen_at IS NULL OR last_seen_at < $2::timestamptz)`;

export interface RendererRepositoryDeps {
  database: Database;
  now: () => Date;
  /** Called after a commit that wrote an event or a call. */
  onCommit: () => void;
}

export function createRendererRepository({ database, now, onCommit }: RendererRepositoryDeps): RendererRepository {
  const inTransaction = async <T>(
    who: { actorId: string } | { system: true },
    work: (execute: Execute) => Promise<T>,
  ) => {
    const result = await database.pgTransaction((client) => work(executeWithPg(client)), who);
    onCommit();
    return result;
  };
  return {
    async listFor(actorId) {
      const statement = { name: 'list-attachments', text: listFor, values: [] };
      return (await database.pgStatement<Attachment & Record<string, unknown>>(statement, { actorId })).rows;
    },
    attach: ({ actorId, username, l1Url, jti, tokenHash, expiresAt, superseded }) =>
      inTransaction({ actorId }, async (execute) => {
        const isGone = await isEnded(execute, { actorId, jti });
        const call = { l1_url: l1Url, username, reason: 'superseded' };
        await enqueueRevocations(execute, callsFor(superseded, call), now());
        if (isGone) return 'token-ended';
        if ((await execute(open, [l1Url])).rows.length === 0) return 'l1-closed';
        await execute(upsert, [newId('ren'), actorId, username, l1Url, jti, tokenHash, expiresAt]);
        return 'attached';
      }),
    detach: ({ actorId, username, l1Url, jti, reason, ended }) =>
      inTransaction({ actorId }, async (execute) => {
        await lockAttachmentsOf(execute, actorId);
        const { rows } = await execute(remove, [l1Url, jti]);
        const tell = isToldOf(reason) ? ended : [];
        await enqueueRevocations(execute, callsFor(tell, { l1_url: l1Url, username, reason }), now());
        for (const row of rows) {
          const data = { l1_url: l1Url, username, reason };
          await appendEvent(execute, rendererDetached.create({ ...about(String(row['id']), actorId, now()), data }));
        }
        return rows.length > 0;
      }),
    markVerified: (jtis) =>
      inTransaction({ system: true }, async (execute) => {
        const at = now();
        const { rows } = await execute(mark, [[...jtis], at.toISOString()]);
        for (const row of rows) {
          const data = { l1_url: String(row['l1_url']), username: String(row['username']) };
          const head = about(String(row['id']), String(row['actor_id']), at);
          await appendEvent(execute, rendererAttached.create({ ...head, data }));
        }
        const servers = [...new Set(rows.map((row) => String(row['l1_url'])))].toSorted();
        if (servers.length > 0) await execute(seen, [servers, at.toISOString()]);
      }),
  };
}

function callsFor(
  tokens: readonly { jti: string; tokenHash: string }[],
  about: Omit<NewRevocation, 'jti' | 'token_hash'>,
): NewRevocation[] {
  return tokens.map(({ jti, tokenHash }) => ({ ...about, jti, token_hash: tokenHash }));
}

function about(subject: string, actorId: string, at: Date) {
  return {
    ...{ id: newId('evt'), occurred_at: at.toISOString(), subject, subject_version: 1 },
    ...{ actor_id: actorId, correlation_id: newId('req') },
  };
}
