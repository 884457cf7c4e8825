/** What is needed of an open database. */
interface TestTables {
  pgTransaction<T>(
    work: (client: {
      query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
    }) => Promise<T>,
  ): Promise<T>;
}

/** The audit log of a test's database, which the service itself cannot read, oldest first. */
export async function auditOf(tables: TestTables, actorId: string): Promise<Record<string, unknown>[]> {
  return await tables.pgTransaction(async (client) => {
    await client.query('SET LOCAL ROLE NONE');
    const { rows } = await client.query(
      'SELECT action, target, ip, request_id, data FROM auth.audit_log WHERE actor_id = $1 ORDER BY at, id',
      [actorId],
    );
    return rows;
  });
}
