/** What holds for the code as text: types of the tests, lint, import rules, dead code, format. */
import { spawn } from 'node:child_process';
import { bin, childEnv, root } from './project.mjs';

const checks = [
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.tests.json'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings', '.'] },
  { name: 'imports', command: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', 'packages', 'services'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'format', command: 'prettier', args: ['--check', '--log-level=warn', '.'] },
];

function runCheck({ name, command, args }) {
  return new Promise((resolve) => {
    const child = spawn(bin(command), args, { cwd: root, env: childEnv() });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => resolve({ name, ok: false, output: String(error) }));
    child.on('close', (code) => resolve({ name, ok: code === 0, output: Buffer.concat(output).toString() }));
  });
}

/** Runs every check, one after the other (two cores), prints the findings of those that fail, and returns the counts. */
export async function runChecks() {
  const failures = [];
  for (const check of checks) {
    const { name, ok, output } = await runCheck(check);
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name}\n`);
    if (!ok) {
      failures.push(`the check of ${name}`);
      process.stdout.write(`${output}\n`);
    }
  }
  return { passed: checks.length - failures.length, failed: failures.length, failures };
}
