import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from '../contexts.ts';

export interface Migration {
  /** Folder name, `<timestamp>_<what it does>`; migrations apply in its order. */
  name: string;
  sql: string;
  /** SHA-256 of the file, hex, as Prisma computes it. */
  checksum: string;
}

/** `packages/database/prisma`, from `src/migrate` as well as from `dist/migrate`. */
export const prismaFolder = fileURLToPath(new URL('../../prisma', import.meta.url));

/** The migrations of one context, oldest first, read from `<root>/<context>/migrations/<name>/migration.sql`. */
export async function readMigrations(context: Context, root: string = prismaFolder): Promise<Migration[]> {
  const folder = path.join(root, context, 'migrations');
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readMigration(folder, name)));
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const bytes = await readFile(path.join(folder, name, 'migration.sql'));
  return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
}
