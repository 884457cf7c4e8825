import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadMigrateConfig } from './config.ts';

describe('loadMigrateConfig', () => {
  it('migrates as MIGRATE_DATABASE_URL and gives the service roles to the login of DATABASE_URL', () => {
    const env = {
      MIGRATE_DATABASE_URL: 'postgresql://boss@db/artdag',
      DATABASE_URL: 'postgresql://art%2Ddag@db/artdag',
    };
    expect(loadMigrateConfig(env)).toEqual({ databaseUrl: env.MIGRATE_DATABASE_URL, serviceLogins: ['art-dag'] });
  });

  it('falls back to DATABASE_URL', () => {
    const env = { DATABASE_URL: ' postgresql://artdag@db/artdag\n', MIGRATE_DATABASE_URL: '' };
    expect(loadMigrateConfig(env)).toEqual({ databaseUrl: 'postgresql://artdag@db/artdag', serviceLogins: [] });
  });

  it('reads a file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'artdag-config-'));
    const file = path.join(folder, 'url');
    writeFileSync(file, 'postgresql://artdag@db/artdag\n');
    expect(loadMigrateConfig({ DATABASE_URL_FILE: file }).databaseUrl).toBe('postgresql://artdag@db/artdag');
    rmSync(folder, { recursive: true });
  });

  it('names the variable that is missing or wrong', () => {
    expect(() => loadMigrateConfig({})).toThrow(/^Set MIGRATE_DATABASE_URL, or DATABASE_URL, to postgresql:/);
    expect(() => loadMigrateConfig({ DATABASE_URL: 'db/artdag' })).toThrow(/^DATABASE_URL is not a URL; it wants/);
  });
});
