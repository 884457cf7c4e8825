/** `node dist/migrate/main.js [up|status]`: the migration job of compose and Kubernetes. Exit code 1 on any problem. */
import { loadMigrateConfig } from './config.ts';
import { migrate } from './migrate.ts';
import { migrationStatus } from './status.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function up(): Promise<boolean> {
  const { applied } = await migrate({ ...loadMigrateConfig(), log: say });
  say(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.length} migrations.`);
  return true;
}

async function status(): Promise<boolean> {
  const report = await migrationStatus(loadMigrateConfig());
  for (const { context, applied, pending, problems } of report) {
    say(`${context}: ${applied.length} applied, ${pending.length} pending`);
    for (const line of [...pending.map((name) => `pending ${name}`), ...problems]) say(`  ${line}`);
  }
  return report.every(({ problems }) => problems.length === 0);
}

const commands = new Map([
  ['up', up],
  ['status', status],
]);

const command = commands.get(process.argv[2] ?? 'up');
try {
  if (!command) throw new Error(`Unknown command ${process.argv[2]}: use up or status.`);
  if (!(await command())) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
