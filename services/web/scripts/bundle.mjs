/** Bundles what runs in browsers into `dist/browser`, readable, so that people can see what becomes of their files. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { keccakFSource } from './lib/keccak-f.mjs';

const license = readFileSync(new URL('LICENSE', import.meta.resolve('@noble/hashes/sha3.js')), 'utf8');
const keccakF = {
  name: 'keccak-f',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/keccak-f\.js$/ }, ({ path }) => ({ path, namespace: 'keccak-f' }));
    onLoad({ filter: /.*/, namespace: 'keccak-f' }, () => ({ contents: keccakFSource() }));
  },
};
const bundle = (entry, banner = '') =>
  build({
    entryPoints: [`browser/${entry}.ts`],
    outdir: 'dist/browser',
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    legalComments: 'inline',
    banner: { js: banner },
    plugins: [keccakF],
    logLevel: 'warning',
  });

await bundle('claim');
await bundle('hash-worker', `/*! Holds parts of @noble/hashes.\n${license}*/`);
