import { readdirSync } from 'node:fs';
import path from 'node:path';
import { contexts } from '../contexts.ts';
import { prismaFolder } from './migration-files.ts';

/** `<context>/<migration>` of all there are, in the order in which they are applied. */
export function everyMigration(): string[] {
  return contexts.flatMap((context) =>
    readdirSync(path.join(prismaFolder, context, 'migrations'))
      .sort()
      .map((name) => `${context}/${name}`),
  );
}
