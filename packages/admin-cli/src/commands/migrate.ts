import { loadMigrateConfig, migrate, migrationStatus } from '@artdag/database/migrate';
import { isConnectionFailure } from '@artdag/service-kit';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import type { Terminal } from '../terminal.ts';

/** `migrate up|status`: straight on the database of MIGRATE_DATABASE_URL or DATABASE_URL; no service needs to run. */
export function addMigrateCommands(program: Command, terminal: Terminal): void {
  const group = program.command('migrate').description('bring the database up to date');
  group
    .command('up')
    .description('apply every migration that is missing')
    .action(async (_options, command: Command) => {
      const { print } = contextOf(terminal, command);
      const { applied } = await reach(() => migrate(loadMigrateConfig(terminal.env)));
      const lines = [...applied.map((name) => `applied ${name}`), 'The database is up to date.'];
      print({ applied }, lines.join('\n'));
    });
  group
    .command('status')
    .description('say what is applied and what is missing; fails when `up` would')
    .action(async (_options, command: Command) => {
      const { print } = contextOf(terminal, command);
      const contexts = await reach(() => migrationStatus(loadMigrateConfig(terminal.env)));
      const lines = contexts.flatMap(({ context, applied, pending, problems }) => [
        `${context}: ${applied.length} applied, ${pending.length} pending`,
        ...pending.map((name) => `  pending ${name}`),
        ...problems.map((problem) => `  ${problem}`),
      ]);
      print({ contexts }, lines.join('\n'));
      const problems = contexts.flatMap((entry) => entry.problems);
      if (problems.length > 0) throw new CliError(problems.join('; '));
    });
}

/** A server that is not there is said in a sentence, without the library's own. */
async function reach<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    throw new CliError('PostgreSQL cannot be reached. Start it, or correct DATABASE_URL.');
  }
}
