import { Writable } from 'node:stream';
import { run } from '@artdag/admin-cli';
import { testSecrets } from '../start-auth.testing.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
  // What JSON.parse gives; each test says what it expects.
  json: ReturnType<typeof JSON.parse>;
}

/** Runs `artdag-admin` against a running auth, as an operator called `ops`. */
export function adminOf(url: string, env: NodeJS.ProcessEnv = {}): (...args: string[]) => Promise<Ran> {
  const surroundings = { AUTH_URL: url, INTERNAL_SECRET: testSecrets.internal, ARTDAG_DATA: '/nonexistent', ...env };
  return async (...args) => {
    const out: string[] = [];
    const err: string[] = [];
    const terminal = { env: surroundings, stdout: collect(out), stderr: collect(err) };
    const code = await run([...args, '--as', 'ops'], terminal);
    const text = out.join('');
    return {
      code,
      out: text,
      err: err.join(''),
      json: args.includes('--json') && code === 0 ? JSON.parse(text) : null,
    };
  };
}

/** What is needed of an open database. */
interface TestTables {
  pgTransaction<T>(work: (client: TestClient) => Promise<T>): Promise<T>;
}

interface TestClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** Rows of the audit log, which the service itself may not read: as the login of the tests. */
export async function auditOf(tables: TestTables, action: string, target: string): Promise<Record<string, unknown>[]> {
  return await tables.pgTransaction(async (client) => {
    await client.query('SET LOCAL ROLE NONE');
    const select = 'SELECT * FROM auth.audit_log WHERE action = $1 AND target = $2 ORDER BY at, id';
    return (await client.query(select, [action, target])).rows;
  });
}

function collect(parts: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      parts.push(String(chunk));
      done();
    },
  });
}
