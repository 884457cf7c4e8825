/** Bundles the client into one file that needs nothing but Node 20 or later. */
import { chmodSync } from 'node:fs';
import { build } from 'esbuild';

const outfile = 'dist/artdag.mjs';
await build({
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  legalComments: 'inline',
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as artdagCreateRequire } from 'node:module';\nconst require = artdagCreateRequire(import.meta.url);",
  },
});
chmodSync(outfile, 0o755);
