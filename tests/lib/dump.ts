import { spawnSync } from 'node:child_process';
import pg from 'pg';

/** Everything that a database holds, as `pg_dump` writes it; without one, every row of every table as text. */
export async function dumpDatabase(databaseUrl: string): Promise<{ text: string; by: 'pg_dump' | 'sql' }> {
  const rows = await dumpBySql(databaseUrl);
  const dumped = spawnSync('pg_dump', ['--data-only', '--inserts', databaseUrl], {
    encoding: 'utf8',
    maxBuffer: 512 * 1024 * 1024,
  });
  // One that is older than the server refuses.
  if (dumped.status === 0) return { text: `${dumped.stdout}\n${rows}`, by: 'pg_dump' };
  return { text: rows, by: 'sql' };
}

/** A superuser's view: every table of every schema but PostgreSQL's own, a line per row. */
async function dumpBySql(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const lines: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`);
      lines.push(`-- ${name}: ${rows.length} rows`, ...rows.map(({ line }) => line));
    }
    return lines.join('\n');
  } finally {
    await client.end();
  }
}

/** The ways in which a secret could be written down: as it is, in base64 (either alphabet, any alignment) and in hex. */
function writings(secret: string): { text: string; hex: boolean }[] {
  const meanings = [Buffer.from(secret, 'utf8')];
  // Of a secret that is itself an encoding, what it encodes.
  if (/^[0-9a-f]{32,}$/i.test(secret)) meanings.push(Buffer.from(secret, 'hex'));
  else if (/^[\w-]{40,}$/.test(secret)) meanings.push(Buffer.from(secret, 'base64url'));
  const base64 = meanings.flatMap((bytes) =>
    [0, 1, 2].flatMap((skip) => {
      // Whole groups of three bytes only: the characters at either end depend on what stands around.
      const whole = bytes.subarray(skip, bytes.length - ((bytes.length - skip) % 3));
      return [whole.toString('base64'), whole.toString('base64url')];
    }),
  );
  return [
    ...[secret, ...base64].map((text) => ({ text, hex: false })),
    ...meanings.map((bytes) => ({ text: bytes.toString('hex'), hex: true })),
  ].filter(({ text }) => text.length >= 8);
}

/** The names of those secrets that the dump holds in some writing, also one that is broken into lines. */
export function findSecrets(dump: string, secrets: ReadonlyMap<string, string>): string[] {
  const joined = dump.replaceAll(/\\+n|\s/g, '');
  const lower = dump.toLowerCase();
  const holds = ({ text, hex }: { text: string; hex: boolean }): boolean =>
    hex ? lower.includes(text) : dump.includes(text) || joined.includes(text);
  return [...secrets].filter(([, secret]) => writings(secret).some(holds)).map(([name]) => name);
}
