import type { Execute } from '@artdag/messaging';

/** What is to be erased in tables that have to be walked, and how far that has come. */
export interface Erasure {
  /** Of an account its actor, of an asset its own id. */
  subject: string;
  kind: 'account' | 'asset';
  username: string | null;
  step: number;
  /** The last row that this step has seen; empty before the first. */
  cursor: string;
}

const INSERT = `
INSERT INTO erasures (subject, kind, next_at, created_at) VALUES ($1, $2, $3, $3) ON CONFLICT (subject) DO NOTHING`;

/** Has the eraser begin; the same subject again changes nothing. */
export async function insertErasure(
  execute: Execute,
  { subject, kind, at }: Pick<Erasure, 'subject' | 'kind'> & { at: Date },
): Promise<void> {
  await execute(INSERT, [subject, kind, at]);
}

const FIND = `
SELECT subject, kind, username, step, cursor, created_at AS "begunAt" FROM erasures
WHERE next_at <= $1 ORDER BY next_at, subject LIMIT 1`;

/** The one that is due for longest. */
export async function findDueErasure(execute: Execute, now: Date): Promise<(Erasure & { begunAt: Date }) | undefined> {
  return (await execute(FIND, [now])).rows[0] as unknown as (Erasure & { begunAt: Date }) | undefined;
}

const HOLD = `SELECT FROM erasures WHERE subject = $1 AND step = $2 AND cursor = $3 FOR UPDATE SKIP LOCKED`;

/** Keeps it for the caller's transaction; false when another replica has it, or has brought it further. */
export async function holdErasure(execute: Execute, { subject, step, cursor }: Erasure): Promise<boolean> {
  return (await execute(HOLD, [subject, step, cursor])).rowCount === 1;
}

export async function setUsername(execute: Execute, subject: string, username: string): Promise<void> {
  await execute('UPDATE erasures SET username = $2 WHERE subject = $1', [subject, username]);
}

export async function moveErasure(
  execute: Execute,
  { subject, step, cursor, nextAt }: Pick<Erasure, 'subject' | 'step' | 'cursor'> & { nextAt: Date },
): Promise<void> {
  await execute('UPDATE erasures SET step = $2, cursor = $3, next_at = $4 WHERE subject = $1', [
    ...[subject, step, cursor, nextAt],
  ]);
}

export async function countErasures(execute: Execute): Promise<number> {
  return Number((await execute('SELECT count(*)::int AS open FROM erasures', [])).rows[0]?.['open']);
}

export async function removeErasure(execute: Execute, subject: string): Promise<void> {
  await execute('DELETE FROM erasures WHERE subject = $1', [subject]);
}
