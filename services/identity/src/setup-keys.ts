import { parseArgs } from 'node:util';
import { createKeyFiles } from '@artdag/actor-keys';
import { expandHome, loadSetupKeysConfig, processEnv } from './config.ts';
import { setupKeys } from './setup-keys/setup-keys.ts';

/** `setup-keys [--data-dir D] [--user U] [--force]`: writes an actor's key files; needs no database. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      user: { type: 'string' },
      force: { type: 'boolean', default: false },
    },
  });
  const config = loadSetupKeysConfig(processEnv());
  const files = createKeyFiles(expandHome(values['data-dir'] ?? config.dataDir));
  const { exitCode, lines } = await setupKeys(files, {
    username: values.user ?? config.username,
    publicUrl: config.publicUrl,
    force: values.force,
    now: new Date(),
  });
  const out = exitCode === 0 ? process.stdout : process.stderr;
  out.write(`${lines.join('\n')}\n`);
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`setup-keys: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
