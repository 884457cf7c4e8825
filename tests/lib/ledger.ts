import pg from 'pg';

/** What the registry's tables say, read past all roles. */
export interface Ledger {
  assets: { name: string; activityId: string }[];
  /** Assets that lack their one activity, or whose activity lacks its one leaf. */
  assetsWithoutClaim: number;
  claimsWithoutLeaf: number;
  leavesWithoutClaim: number;
  pending: number;
  logIndexesContiguous: boolean;
  seqsContiguous: boolean;
}

const counts = `
  SELECT
    (SELECT count(*) FROM registry.assets a
      WHERE (SELECT count(*) FROM registry.activities c WHERE c.activity_id = a.activity_id AND c.content_hash = a.content_hash) <> 1)::int AS "assetsWithoutClaim",
    (SELECT count(*) FROM registry.activities c
      WHERE (SELECT count(*) FROM registry.log_entries e WHERE e.activity_id = c.activity_id)
          + (SELECT count(*) FROM registry.log_pending p WHERE p.activity_id = c.activity_id) <> 1)::int AS "claimsWithoutLeaf",
    (SELECT count(*) FROM registry.log_entries e
      WHERE e.activity_id IS NOT NULL AND NOT EXISTS (SELECT FROM registry.activities c WHERE c.activity_id = e.activity_id))::int AS "leavesWithoutClaim",
    (SELECT count(*) FROM registry.log_pending)::int AS pending,
    (SELECT count(*) = coalesce(max(log_index) + 1, 0) FROM registry.log_entries) AS "logIndexesContiguous",
    (SELECT count(seq) = coalesce(max(seq) + 1, 0) FROM registry.log_entries) AS "seqsContiguous"`;

/** @param databaseUrl a superuser's login */
export async function readLedger(databaseUrl: string): Promise<Ledger> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const assets = await client.query<{ name: string; activityId: string }>(
      'SELECT name, activity_id AS "activityId" FROM registry.assets',
    );
    const { rows } = await client.query<Omit<Ledger, 'assets'>>(counts);
    if (!rows[0]) throw new Error('no counts');
    return { ...rows[0], assets: assets.rows };
  } finally {
    await client.end();
  }
}
