/** `npm test`: the checks, the suites beside the code, then the cross-service suites; `npm test -- <jest arguments>` runs jest alone. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { runChecks } from './lib/checks.mjs';
import { prepare } from './lib/prepare.mjs';
import { bin, childEnv, node24, root } from './lib/project.mjs';
import { isReachable } from './lib/reachable.mjs';

const parts = {
  PostgreSQL: process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
  Redis: process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379',
  RabbitMQ: process.env.TEST_RABBITMQ_URL ?? 'amqp://guest:guest@127.0.0.1:5672',
};

/** Where Debian keeps the sources of Go packages. */
const goPath = process.env.ARTDAG_TEST_GOPATH ?? '/usr/share/gocode';

/** Programs that `*.<suites>.test.ts` need, how to see that they are there, and how to get them. */
const tools = [
  { suites: 'kubectl', name: 'kubectl', probe: ['kubectl', 'version', '--client'], get: 'install it' },
  { suites: 'chromium', name: 'chromium', probe: ['chromium', '--version'], get: 'apt-get install chromium' },
  {
    suites: 'shells',
    name: 'zsh and fish',
    probe: ['sh', '-c', 'zsh --version && fish --version'],
    get: 'apt-get install zsh fish',
  },
  {
    suites: 'python',
    name: 'python3-opentimestamps',
    probe: [process.env.ARTDAG_TEST_PYTHON ?? '/usr/bin/python3', '-c', 'import opentimestamps, bitcoin'],
    get: 'apt-get install python3-opentimestamps python3-bitcoinlib',
  },
  {
    suites: 'go',
    name: "Go with Debian's golang-golang-x-mod-dev",
    probe: ['env', 'GO111MODULE=off', `GOPATH=${goPath}`, 'go', 'list', 'golang.org/x/mod/sumdb/tlog'],
    get: 'apt-get install golang-go golang-golang-x-mod-dev',
  },
];

/** Cross-service suites that time answers, or that give the machine all it can do: they have it for themselves. */
const alone = ['faults', 'inbox-fuzz', 'l1-logout', 'l1-logout-race', 'msign-replicas', 'revocation', 'stuffing'];
const pathsAlone = `/tests/(${alone.join('|')})\\.(broker\\.)?test\\.ts$`;

const runs = ([command, ...args]) => spawnSync(command, args).status === 0;

/** Which real parts and tools are missing; with CI=true a missing one ends the run. */
async function findMissing() {
  const answers = await Promise.all(Object.entries(parts).map(async ([name, url]) => [name, await isReachable(url)]));
  const brokers = answers.filter(([, ok]) => !ok).map(([name]) => name);
  // Some suites kill and restart a Redis of their own.
  if (!runs(['redis-server', '--version'])) brokers.push('the program redis-server');
  const absent = tools.filter(({ probe }) => !runs(probe));
  const all = [...brokers, ...absent.map(({ name }) => name)];
  if (all.length > 0 && process.env.CI === 'true') throw new Error(`with CI=true the tests need ${all.join(', ')}`);
  return { brokers, absent };
}

/** The suites to leave out, as one pattern, and the one line each that says so. */
function leaveOut({ brokers, absent }) {
  const left = absent.map(({ suites }) => suites);
  if (brokers.length > 0) {
    left.push('broker');
    console.log(
      `Left out: *.broker.test.ts, as ${brokers.join(', ')} cannot be reached; install and start them on their standard local ports (or set TEST_DATABASE_URL, TEST_REDIS_URL, TEST_RABBITMQ_URL) to run these suites too.`,
    );
  }
  for (const { suites, name, get } of absent)
    console.log(`Left out: *.${suites}.test.ts, as there is no ${name}; to run these suites too: ${get}.`);
  return left.length > 0 ? { ARTDAG_TEST_IGNORE: `\\.(${left.join('|')})\\.test\\.ts$` } : {};
}

/**
 * What failed, by its suite and full name with the first line of why: a long log says it where it happened, and its end says it again.
 *
 * @param testResults of jest's report
 */
function failuresOf(testResults) {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const suite = relative(root, name);
    const tests = assertionResults.filter(({ status }) => status === 'failed');
    if (tests.length > 0)
      return tests.map((test) => `${suite} › ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
    return assertionResults.length === 0 && message ? [`${suite}: ${firstLine(message)}`] : [];
  });
}

const firstLine = (text = '') =>
  stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('●')) ?? 'no reason given';

/** Runs jest and returns its counts and failures; jest itself prints what it finds. */
async function runJest(args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'artdag-jest-'));
  const report = join(folder, 'report.json');
  await new Promise((resolve) => {
    const child = spawn(
      node24,
      ['--experimental-vm-modules', bin('jest'), ...args, '--json', `--outputFile=${report}`],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: childEnv({ ...env, NODE_NO_WARNINGS: '1' }),
      },
    );
    child.on('close', resolve);
  });
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    const failures = failuresOf(testResults);
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, failures };
  } catch {
    return { passed: 0, failed: 1, failures: ['jest did not get as far as a report'] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(args) {
  prepare();
  const missing = await findMissing();
  const env = leaveOut(missing);
  let stopPostgres = async () => {};
  if (missing.brokers.includes('PostgreSQL')) {
    const { startTestPostgres } = await import(pathToFileURL(join(root, 'packages/testing/dist/index.js')).href);
    const embedded = await startTestPostgres();
    env.TEST_DATABASE_URL = embedded.url;
    stopPostgres = embedded.stop;
  }
  const counts = [];
  try {
    if (args.length > 0) counts.push(await runJest(args, env));
    else {
      counts.push(await runChecks());
      // The others wait for processes, answers and clocks for a good part of their time.
      const shared = { ...env, ARTDAG_TEST_IGNORE: [env.ARTDAG_TEST_IGNORE, pathsAlone].filter(Boolean).join('|') };
      counts.push(await runJest(['--maxWorkers=3', '--ignoreProjects', 'tests'], env));
      counts.push(await runJest(['--maxWorkers=2', '--selectProjects', 'tests'], shared));
      counts.push(await runJest(['--runInBand', '--selectProjects', 'tests', '--testPathPatterns', pathsAlone], env));
    }
  } finally {
    await stopPostgres();
  }
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  for (const failure of counts.flatMap(({ failures = [] }) => failures)) console.log(`failed: ${failure}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

await main(process.argv.slice(2)).catch((error) => {
  console.error(`artdag: ${error instanceof Error ? error.message : String(error)}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
