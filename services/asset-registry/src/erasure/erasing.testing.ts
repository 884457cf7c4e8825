import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { eventually, makeAssertionKit } from '@artdag/testing';
import { userDeleted, type Envelope } from '@artdag/events';
import { newId } from '@artdag/service-kit';
import type supertest from 'supertest';
import type { Json, RegistrySuite } from '../testing/suite.testing.ts';
import type { Tables } from '../testing/registry.testing.ts';

const kit = makeAssertionKit('asset-registry');

/** Signed when it is sent: an assertion lives for a minute, and a suite may take longer. */
export const asAdmin = {
  get 'x-actor-assertion'(): string {
    return kit.service('admin');
  },
};

export function lookUp(suite: Pick<RegistrySuite, 'post'>, wanted: Json): supertest.Test {
  return suite.post('/internal/admin/erase/look-up', wanted, asAdmin);
}

/** Looks an asset up by its name and erases it, as an operator does. */
export async function eraseByName(suite: Pick<RegistrySuite, 'post'>, name: string): Promise<Json> {
  const { body } = await lookUp(suite, { name }).expect(200);
  const [asset] = (body as { assets: { asset_id: string }[] }).assets;
  if (asset === undefined) throw new Error(`${name} was not found`);
  return (await erase(suite, asset.asset_id).expect(200)).body as Json;
}

export function erase(suite: Pick<RegistrySuite, 'post'>, assetId: string): supertest.Test {
  return suite.post('/internal/admin/erase', { asset_id: assetId }, asAdmin);
}

/** `user-deleted` as auth emits it. */
export function deletionOf(username: string): Envelope {
  const actorId = `user:${username}`;
  return userDeleted.create({
    ...{ id: newId('evt'), occurred_at: new Date().toISOString(), subject: actorId, subject_version: 2 },
    data: { actor_id: actorId },
  });
}

/** Every row of every table of this context, as text. */
export async function everyRow(tables: Tables): Promise<string> {
  const names = await query<{ name: string }>(
    tables,
    `SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'registry' AND tablename <> '_prisma_migrations'`,
  );
  const texts: string[] = [];
  for (const { name } of names) {
    const rows = await query<{ line: string }>(tables, `SELECT t::text AS line FROM ${name} t`);
    texts.push(`${name}:`, ...rows.map(({ line }) => line));
  }
  return texts.join('\n');
}

/** SHA-256 of all that there is of assets and claims. */
export async function stateOf(tables: Tables): Promise<string> {
  const all = `
SELECT encode(sha256(convert_to(string_agg(line, E'\n' ORDER BY line), 'UTF8')), 'hex') AS hash FROM (
  SELECT t::text FROM assets t UNION ALL SELECT t::text FROM activities t UNION ALL SELECT t::text FROM log_salts t
  UNION ALL SELECT t::text FROM closed_names t) AS lines(line)`;
  return (await query<{ hash: string }>(tables, all))[0]?.hash ?? '';
}

/** SQL as the system, whom row-level security shows everything. */
export async function query<R extends Record<string, unknown>>(
  tables: Tables,
  text: string,
  values: unknown[] = [],
): Promise<R[]> {
  return (await tables.pgStatement<R>({ text, values }, { system: true })).rows;
}

/** What can be marked in an asset, with a word of its own in each place, and the words. */
export function markedAsset(mark: string): { fields: Json; words: string[] } {
  const word = (place: string): string => `${mark}-${place}`;
  const fields = {
    name: word('name'),
    description: word('description'),
    tags: [word('tag')],
    metadata: { [word('key')]: { deep: [word('value')] } },
    url: `https://example.com/${word('url')}`,
    ipfs_cid: word('cid'),
    origin: { type: 'external', url: `https://example.com/${word('origin-url')}`, note: word('note') },
  };
  return {
    fields,
    words: ['name', 'description', 'tag', 'key', 'value', 'url', 'cid', 'origin-url', 'note'].map(word),
  };
}

/** Which of the words a text has. */
export function found(text: string, words: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return words.filter(
    (word) => lower.includes(word.toLowerCase()) || lower.includes(Buffer.from(word).toString('hex')),
  );
}

interface Client {
  query(sql: string): Promise<{ rows: { id: string }[] }>;
}

/** Whether somebody waits for the end of the transaction that the client has open. */
export async function isWaitedFor({ tables }: { tables: Tables }, client: Client): Promise<boolean> {
  const [transaction] = (await client.query('SELECT pg_current_xact_id()::xid::text AS id')).rows;
  const waiting = 'SELECT 1 AS one FROM pg_locks WHERE NOT granted AND transactionid::text = $1';
  return (await query(tables, waiting, [transaction?.id])).length > 0;
}

/** Resolves when all leaves are in the log. */
export async function sequenced(tables: Tables): Promise<void> {
  while ((await query(tables, 'SELECT 1 AS one FROM log_pending LIMIT 1')).length > 0) await sleep(50);
}

/** Resolves when all that is to be erased is, without waiting for what is done a second time some minutes later. */
export async function erasuresFinished(tables: Tables): Promise<void> {
  await eventually(async () => {
    await query(tables, `UPDATE erasures SET next_at = least(next_at, now() - interval '1 hour')`);
    expect(await query(tables, 'SELECT subject, step, cursor FROM erasures')).toEqual([]);
  });
}
