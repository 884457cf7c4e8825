/** `npm start`: the whole suite in one process, after installing and building what is missing. */
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/project.mjs';
import { runOnNode24 } from './lib/run-on-node24.mjs';

prepare();
await runOnNode24(join(root, 'services', 'standalone', 'dist', 'main.js'), process.argv.slice(2));
