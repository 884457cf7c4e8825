import type { Database } from '@artdag/database/auth';

/** The audit log of a test's database, which the service itself cannot read, oldest first. */
export async function auditOf(tables: Database, actorId: string): Promise<Record<string, unknown>[]> {
  return await tables.pgTransaction(async (client) => {
    await client.query('SET LOCAL ROLE NONE');
    const { rows } = await client.query(
      'SELECT action, target, ip, request_id, data FROM auth.audit_log WHERE actor_id = $1 ORDER BY at, id',
      [actorId],
    );
    return rows;
  });
}
