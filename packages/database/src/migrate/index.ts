export { contexts, type Context } from '../contexts.ts';
export { migrate, type MigrateOptions } from './migrate.ts';
export { migrationStatus, type ContextStatus } from './status.ts';
export { MigrationError } from './migration-error.ts';
export { loadMigrateConfig, type MigrateConfig } from './config.ts';
