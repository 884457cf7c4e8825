import type { Execute } from '@artdag/messaging';

/** What is to be erased in tables that have to be walked. */
export interface Erasure {
  /** Of the event that asked for it. */
  id: string;
  kind: 'account' | 'asset';
  apActorId: string;
  username: string;
  /** What a stranger's activity names that is about it. */
  marks: readonly string[];
}

/** How far it has come: which of its steps, and the last row that this step has seen. */
export interface Progress {
  step: number;
  cursor: string;
}

const INSERT = `
INSERT INTO erasures (id, kind, ap_actor_id, username, marks) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`;

export async function insertErasure(execute: Execute, e: Erasure): Promise<void> {
  await execute(INSERT, [e.id, e.kind, e.apActorId, e.username, e.marks]);
}

const TAKE = `
SELECT id, kind, ap_actor_id, username, marks, step, cursor FROM erasures
ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;

/** The oldest one that no other replica has in hand, for the length of the caller's transaction. */
export async function takeErasure(execute: Execute): Promise<(Erasure & Progress) | undefined> {
  const { rows } = await execute(TAKE, []);
  return rows.map((row) => ({
    id: String(row['id']),
    kind: row['kind'] as Erasure['kind'],
    apActorId: String(row['ap_actor_id']),
    username: String(row['username']),
    marks: row['marks'] as string[],
    step: Number(row['step']),
    cursor: String(row['cursor']),
  }))[0];
}

export async function noteProgress(execute: Execute, id: string, { step, cursor }: Progress): Promise<void> {
  await execute('UPDATE erasures SET step = $2, cursor = $3 WHERE id = $1', [id, step, cursor]);
}

export async function countErasures(execute: Execute): Promise<number> {
  return Number((await execute('SELECT count(*)::int AS open FROM erasures', [])).rows[0]?.['open']);
}

export async function removeErasure(execute: Execute, id: string): Promise<void> {
  await execute('DELETE FROM erasures WHERE id = $1', [id]);
}
