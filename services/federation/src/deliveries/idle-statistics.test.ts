import { executeWithPg, type Execute } from '@artdag/messaging';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@artdag/testing';
import pg from 'pg';
import { createDeliveryRepository } from './delivery.repository.ts';

const HOSTS = 200;
const EACH = 20;
/** Pages that looking up one job may take: an index for its host, one for its order, its row, and what it is about. */
const PAGES_PER_JOB = 40;

const NEW_PEOPLE = `
INSERT INTO ap_actors (ap_id, actor_id, username) VALUES ('https://here.example/users/u', 'user:u', 'u')`;

const NEW_JOBS = `
INSERT INTO deliveries (id, kind, object_id, ap_actor_id, inbox, body, next_at)
SELECT 'dlv_' || h || '_' || n, 'update', 'o' || n, 'https://here.example/users/u', 'https://h' || h || '.example/inbox', '{}', now()
FROM generate_series(1, $1::int) h, generate_series(1, $2::int) n`;

const ENDED = `UPDATE deliveries SET state = 'delivered'`;

interface Explained {
  'QUERY PLAN': { Plan: Record<'Shared Hit Blocks' | 'Shared Read Blocks', number> }[];
}

/** Runs a statement, and answers how many pages of the database it touched. */
async function pagesOf(execute: Execute, work: (explained: Execute) => Promise<unknown>): Promise<number> {
  let pages = 0;
  await work(async (sql, values) => {
    const { rows } = await execute(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, values);
    for (const { 'QUERY PLAN': plans } of rows as unknown as Explained[]) {
      for (const { Plan: plan } of plans) pages += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    }
    return { rows: [], rowCount: 0 };
  });
  return pages;
}

describe('after statistics that were made while nothing waited', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let client: pg.Client;
  let execute: Execute;

  beforeAll(async () => {
    database = await createTestDatabase();
    // As the owner of the tables: nobody else may make statistics.
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    execute = executeWithPg(client);
    await execute('SET search_path = federation', []);
    await execute(NEW_PEOPLE, []);
    await execute(NEW_JOBS, [HOSTS, EACH]);
    await execute(ENDED, []);
    await execute('ANALYZE', []);
    await execute(`UPDATE deliveries SET state = 'pending'`, []);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('takes deliveries by looking at each, not at all that wait for each', async () => {
    const now = new Date();
    const room = { prompt: 256, new: 256, slow: 256 };
    const part = { walk: { after: '', hosts: HOSTS }, hosts: [], busy: [], perHost: 8, leaseMs: 1000 };
    const pages = await pagesOf(execute, (explained) =>
      createDeliveryRepository(explained).claim({ now, room, ...part }),
    );
    expect(pages).toBeLessThan(HOSTS * PAGES_PER_JOB);
  });

  it('writes down what was delivered by looking at those alone', async () => {
    const ids = Array.from({ length: 10 }, (_, n) => `dlv_${n + 1}_1`);
    const pages = await pagesOf(execute, (explained) => createDeliveryRepository(explained).markDelivered(ids, []));
    expect(pages).toBeLessThan(ids.length * PAGES_PER_JOB);
  });
});
