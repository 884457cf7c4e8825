/**
 * Bundles the client into one file that needs nothing but Node 20 or later, and that into the archive which servers hand out.
 *   node scripts/bundle.mjs [FOLDER]      default: dist
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { clientArchive } from './lib/client-archive.mjs';

const [folder = 'dist'] = process.argv.slice(2);
const { outputFiles, metafile } = await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/artdag.mjs',
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  legalComments: 'inline',
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as artdagCreateRequire } from 'node:module';\nconst require = artdagCreateRequire(import.meta.url);",
  },
});
const [{ contents: client }] = outputFiles;
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'artdag.mjs'), client, { mode: 0o755 });

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
writeFileSync(
  join(folder, 'artdag-client.tar.gz'),
  clientArchive({ client, manifest, bundled: Object.keys(metafile.inputs) }),
);
