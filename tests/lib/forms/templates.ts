import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts.ts';

/** How many forms each file of `services/web/src` writes. Files without one are left out. */
export function formsInTemplates(): Record<string, number> {
  const src = join(root, 'services', 'web', 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.(?:test|testing)\.ts$/.test(file),
  );
  const counts = files.map(
    (file) => [file, readFileSync(join(src, file), 'utf8').match(/<form\b/g)?.length ?? 0] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0).toSorted());
}
