import type { Execute } from '@artdag/messaging';

/** A call to an L1, as operators see it. */
export interface RevocationState {
  id: string;
  l1_url: string;
  username: string;
  jti: string | null;
  reason: string;
  state: string;
  attempts: number;
  created_at: Date;
  /** When it is tried next, or, of one that waits no more, when it was last. */
  next_at: Date;
  settled_at: Date | null;
  last_error: string | null;
}

const LIST = `
SELECT id, l1_url, username, jti, reason, state, attempts, created_at, next_at, settled_at, last_error FROM l1_revocations
WHERE state = $1 AND ($2::text IS NULL OR l1_url = $2) AND ($3::text IS NULL OR id > $3) ORDER BY id LIMIT $4`;

export interface RevocationFilter {
  state: string;
  l1Url: string | null;
  after: string | null;
  limit: number;
}

/** By id, those after `after`. */
export async function findRevocations(execute: Execute, o: RevocationFilter): Promise<RevocationState[]> {
  return (await execute(LIST, [o.state, o.l1Url, o.after, o.limit])).rows as unknown as RevocationState[];
}

const REVIVE = `
UPDATE l1_revocations SET state = 'pending', attempts = 0, created_at = $3, next_at = $3, claimed_until = NULL, settled_at = NULL
WHERE state = 'dead' AND ($1::text IS NULL OR id = $1) AND ($2::text IS NULL OR l1_url = $2)`;
const HURRY = `
UPDATE l1_revocations SET next_at = least(next_at, $3)
WHERE state = 'pending' AND ($1::text IS NULL OR id = $1) AND ($2::text IS NULL OR l1_url = $2)`;

/** Has calls tried now: one, or all to an L1; those that were given up begin anew, from their first attempt and with the age of a new one. Answers how many of each. */
export async function retryNow(
  execute: Execute,
  o: { id: string | null; l1Url: string | null; now: Date },
): Promise<{ revived: number; hurried: number }> {
  const hurried = (await execute(HURRY, [o.id, o.l1Url, o.now])).rowCount;
  const revived = (await execute(REVIVE, [o.id, o.l1Url, o.now])).rowCount;
  return { revived, hurried };
}
