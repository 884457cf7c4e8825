/** `node scripts/run.mjs <built script> [arguments]`: prepares, then runs it on Node 24. */
import { resolve } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/project.mjs';
import { runOnNode24 } from './lib/run-on-node24.mjs';

const [script, ...args] = process.argv.slice(2);
prepare();
await runOnNode24(resolve(root, script ?? ''), args);
