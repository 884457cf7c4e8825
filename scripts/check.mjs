/** `npm run check`: types, lint, import rules, dead code and format, without the tests. */
import { runChecks } from './lib/checks.mjs';
import { prepare } from './lib/prepare.mjs';

prepare();
const { failed } = await runChecks();
process.exitCode = failed === 0 ? 0 : 1;
