import { CliError } from '../../cli-error.ts';

/**
 * Runs something that Ctrl-C ends at once; a second Ctrl-C ends the process. The signal is aborted in the end in any case, so that nothing of
 * it goes on.
 *
 * @throws CliError with exit code 130 when it was interrupted
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
  });
  const interrupt = (): void =>
    controller.abort(new CliError('interrupted. Run the same again to go on where this ended.', 130));
  process.once('SIGINT', interrupt);
  try {
    return await Promise.race([run(controller.signal), interrupted]);
  } finally {
    process.off('SIGINT', interrupt);
    controller.abort();
  }
}
