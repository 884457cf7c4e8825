import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

export type { Terminal } from './terminal.ts';

/**
 * Runs one command line of `artdag-admin`, without the names of the program.
 *
 * @returns the exit code: 0, or 1 when the command did not do what it says, with one sentence on standard error
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said it already: its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode;
    terminal.stderr.write(`artdag-admin: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
