import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { contexts } from './contexts.ts';
import { createScratchDatabase, type ScratchDatabase } from './scratch-database.testing.ts';

let database: ScratchDatabase;
beforeAll(async () => {
  database = await createScratchDatabase({ migrated: true });
});
afterAll(() => database.drop());

/** The SQL that Prisma makes of a context's schema.prisma. */
async function sqlOf(context: string): Promise<string> {
  const script = fileURLToPath(new URL('../scripts/schema-sql.mjs', import.meta.url));
  const env = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: database.url };
  return (await promisify(execFile)(process.execPath, [script, context], { env })).stdout;
}

// Left out is what schema.prisma cannot say: how a column is generated, CHECKs, partial indexes, storage parameters, policies, and that a list is never null.
const describeSchema = (schema: string) => `
  SELECT c.relname || '.' || a.attname AS name,
         format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull OR a.attndims > 0 THEN ' not null' ELSE '' END
           || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS definition
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum AND a.attgenerated = ''
  WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
  UNION ALL
  SELECT 'index ' || c.relname, regexp_replace(pg_get_indexdef(i.indexrelid), '( ON )[^.]+\\.', '\\1')
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  WHERE c.relnamespace = '${schema}'::regnamespace AND i.indpred IS NULL AND t.relname <> '_prisma_migrations'
  UNION ALL
  SELECT 'foreign key ' || conname, replace(pg_get_constraintdef(oid), '${schema}.', '')
  FROM pg_constraint WHERE connamespace = '${schema}'::regnamespace AND contype = 'f'
  ORDER BY 1`;

describe('schema.prisma says what the migrations make', () => {
  it.each(contexts)('%s', async (context) => {
    const expected = `expected_${context}`;
    await database.run(`CREATE SCHEMA ${expected}; SET search_path = ${expected}; ${await sqlOf(context)}`);
    const migrated = await database.run(describeSchema(context));
    expect(migrated.length).toBeGreaterThan(20);
    expect(migrated).toEqual(await database.run(describeSchema(expected)));
  });
});
