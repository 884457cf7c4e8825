import { createProgram } from './program.ts';
import { exitCodeOf, failureText, wantsJson } from './failure.ts';
import { isHashWorker, serveHashing } from './commands/upload/hash-worker.ts';

// `artdag … | head` has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

if (isHashWorker()) serveHashing();
else await run();

async function run(): Promise<void> {
  const asJson = wantsJson(process.argv.slice(2));
  const { env, stdin, stdout, stderr } = process;
  try {
    await createProgram({ env, stdin, stdout, stderr }, asJson).parseAsync(process.argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    const text = process.exitCode === 0 ? '' : failureText(error, asJson);
    if (text !== '') stderr.write(`${text}\n`);
  }
}
