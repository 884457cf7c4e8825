import type { Readable, Writable } from 'node:stream';

/** Everything that a command touches of its surroundings, passed in so that a test can watch it. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
}

/** Other people's words in a terminal: nothing that moves the cursor, colours, or turns the direction of writing. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\uFFFD');
}

export function print({ stdout }: Terminal, line: string): void {
  stdout.write(`${line}\n`);
}

/** What `--json` shows: one line. */
export function printJson(terminal: Terminal, value: unknown): void {
  print(terminal, JSON.stringify(value));
}

/** Reads standard input to its end, without the line feed that `echo` adds. */
export async function readAll({ stdin }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
