import pg from 'pg';

/** Puts so many assets of 1,000 owners and their Creates straight into the tables; one in 1,000 is a recipe, one of all has the tag `rare`. */
export async function fillAssets(databaseUrl: string, rows: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO registry.assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, tags, description, activity_id,
         created_at, updated_at)
       SELECT 'ast_' || lpad(n::text, 26, '0'), 'work-' || n, encode(sha256(n::text::bytea), 'hex'), 'user:' || n % 1000, 'u' || n % 1000,
         CASE WHEN n % 1000 = 7 THEN 'recipe' ELSE 'image' END, CASE WHEN n = 5 THEN '{art,rare}' ELSE '{art,bench}' END::text[],
         'The work of number ' || n, gen_random_uuid(), at, at
       FROM generate_series(1, $1::int) n, LATERAL (SELECT now() - ($1::int - n) * interval '1 second') moment (at)`,
      [rows],
    );
    await client.query(
      `INSERT INTO registry.activities (activity_id, activity_type, actor_id, ap_actor_id, document, object_data, content_hash, published, proof)
       SELECT activity_id, 'Create', owner_actor_id, 'https://l2.example.com/users/' || owner_username, '{"type":"Create"}', '{}', content_hash,
         created_at, '{}'
       FROM registry.assets`,
    );
    await client.query('VACUUM ANALYZE registry.assets, registry.activities');
  } finally {
    await client.end();
  }
}

/** The cursor of the row in the middle. */
export async function cursorInTheMiddle(databaseUrl: string, rows: number): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const sql = 'SELECT id, created_at FROM registry.assets ORDER BY created_at, id OFFSET $1 LIMIT 1';
    const found = await client.query<{ id: string; created_at: Date }>(sql, [Math.floor(rows / 2)]);
    const [row] = found.rows;
    if (row === undefined) throw new Error('there is no row in the middle');
    return Buffer.from(JSON.stringify(['-created_at', row.created_at.toISOString(), row.id])).toString('base64url');
  } finally {
    await client.end();
  }
}
