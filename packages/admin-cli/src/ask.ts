import { createInterface } from 'node:readline/promises';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/** Asks who sits here, and goes on only with a yes. @throws CliError that names the option for when nobody does */
export async function confirm({ stdin, stderr }: Terminal, question: string): Promise<void> {
  if (stdin?.isTTY !== true) throw new CliError('Nobody is here to be asked: add --yes.');
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new CliError('Nothing was done.');
  } finally {
    lines.close();
  }
}
