import { createInterface } from 'node:readline/promises';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/** Goes on only when the user says yes. @throws CliError when they do not, or there is nobody to ask */
export async function confirm({ stdin, stderr }: Terminal, question: string): Promise<void> {
  if (!stdin.isTTY) {
    throw new CliError(`${question} Add --yes, as nobody can be asked here.`, 1, 'confirmation_required');
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new CliError('nothing was changed.', 1, 'not_confirmed');
  } finally {
    lines.close();
  }
}
