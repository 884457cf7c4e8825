/** One file with @artdag/http-signatures in it: that package is not published, this one is. */
import { build } from 'esbuild';

await build({
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['express', 'http-signature', 'sshpk'],
});
