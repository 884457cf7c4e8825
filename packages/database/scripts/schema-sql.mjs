/**
 * `node scripts/schema-sql.mjs <context>` prints the SQL that Prisma makes of the context's schema.prisma: a start for a
 * migration, and what the drift test compares the migrations with. DATABASE_URL is any database; nothing in it is changed.
 *
 * `prisma migrate diff` needs a native engine that would have to be downloaded. This is the same engine as WASM; its package
 * expects a bundler to load the module, so that is done here.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';

async function loadEngine() {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const bytes = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engineModule });
  const { __wbg_set_wasm: setWasm } = engineModule;
  const { __wbindgen_start: start } = instance.exports;
  setWasm(instance.exports);
  start();
}

async function schemaSql(context, databaseUrl) {
  const content = await readFile(new URL(`../prisma/${context}/schema.prisma`, import.meta.url), 'utf8');
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(databaseUrl));
  const engine = await engineModule.SchemaEngine.new({ datamodels: [['schema.prisma', content]] }, () => {}, adapter);
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout.replace(/^-- CreateSchema\nCREATE SCHEMA .*\n\n/m, '');
}

await loadEngine();
const sql = await schemaSql(process.argv[2], process.env.DATABASE_URL);
process.stdout.write(sql, () => process.exit());
