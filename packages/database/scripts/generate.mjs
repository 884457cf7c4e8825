/**
 * Generates the Prisma client of every context into src/generated/<context>, offline.
 * Skips a context whose schema, generator version and this script are what they were at the last run.
 */
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const contexts = ['auth', 'identity', 'registry', 'federation', 'bridge'];
const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const prismaManifest = require.resolve('prisma/package.json');
const prisma = path.join(path.dirname(prismaManifest), 'build', 'index.js');

function fingerprint(schema) {
  const hash = createHash('sha256');
  for (const file of [schema, prismaManifest, fileURLToPath(import.meta.url)]) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function run(context, schema) {
  // The client generator is WASM. Prisma downloads a native schema engine that it does not use here, unless told where one is.
  const env = {
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    ...process.env,
  };
  const child = spawn(process.execPath, [prisma, 'generate', '--schema', schema], { cwd: root, env });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`prisma generate failed for ${context} (exit code ${code}):\n${output}`));
    });
  });
}

async function generate(context) {
  const schema = path.join(root, 'prisma', context, 'schema.prisma');
  const target = path.join(root, 'src', 'generated', context);
  const stamp = path.join(target, '.inputs');
  const inputs = fingerprint(schema);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  rmSync(stamp, { force: true });
  await run(context, schema);
  writeFileSync(stamp, inputs);
  console.log(`generated the ${context} client`);
}

try {
  for (const context of contexts) await generate(context);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
