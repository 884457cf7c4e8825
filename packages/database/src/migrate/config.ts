import { existsSync, readFileSync } from 'node:fs';
import { MigrationError } from './migration-error.ts';

export interface MigrateConfig {
  databaseUrl: string;
  /** The services' login, when it is not the migrating one: it is given the service roles. */
  serviceLogins: string[];
}

/** Reads MIGRATE_DATABASE_URL and DATABASE_URL; each also as a file, `<NAME>_FILE` or /run/secrets/<name>. */
export function loadMigrateConfig(env: NodeJS.ProcessEnv = process.env): MigrateConfig {
  const services = readUrl(env, 'DATABASE_URL');
  const databaseUrl = readUrl(env, 'MIGRATE_DATABASE_URL') ?? services;
  if (databaseUrl === undefined) {
    throw new MigrationError(
      'Set MIGRATE_DATABASE_URL, or DATABASE_URL, to postgresql://login:password@host:port/database.',
    );
  }
  const login = services === undefined ? '' : loginOf(services);
  return { databaseUrl, serviceLogins: login === '' || login === loginOf(databaseUrl) ? [] : [login] };
}

function readUrl(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const secret = `/run/secrets/${name.toLowerCase()}`;
  const file = env[`${name}_FILE`] ?? (existsSync(secret) ? secret : undefined);
  const value = (file === undefined ? env[name] : readFileSync(file, 'utf8'))?.trim();
  if (value === undefined || value === '') return undefined;
  if (!URL.canParse(value))
    throw new MigrationError(`${name} is not a URL; it wants postgresql://login:password@host:port/database.`);
  return value;
}

function loginOf(databaseUrl: string): string {
  return decodeURIComponent(new URL(databaseUrl).username);
}
