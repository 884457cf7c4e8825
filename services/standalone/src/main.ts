import { loadConfig } from './config.ts';
import { startStandalone } from './standalone.ts';
import { StartupError } from './startup-error.ts';

const shutdownTimeoutMs = 15_000;

function fail(error: unknown): never {
  const known = error instanceof StartupError || (error instanceof Error && error.name === 'ConfigError');
  process.stderr.write(
    known ? `artdag: ${error.message}\n` : `artdag: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

try {
  const suite = await startStandalone(loadConfig(process.env));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), shutdownTimeoutMs).unref();
    suite.close().then(() => process.exit(0), fail);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.write(`Art DAG L2 is ready at ${suite.url} (data in ${suite.dataFolder})\n`);
} catch (error) {
  fail(error);
}
