/** `npm run bench <name>`: see packages/bench. */
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/project.mjs';
import { runOnNode24 } from './lib/run-on-node24.mjs';

prepare();
await runOnNode24(join(root, 'packages', 'bench', 'dist', 'main.js'), process.argv.slice(2));
