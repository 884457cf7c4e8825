import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../../cli-error.ts';
import type { Terminal } from '../../terminal.ts';

/** The status line and the headers, as of HTTP/1.1. */
export function headOf({ status, statusText, headers }: Response): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${statusText}`.trimEnd(), ...lines, '', ''].join('\n');
}

/** Passes the bytes on as they come, to the file or to standard output. @throws CliError when the answer breaks off */
export async function writeBody({ stdout }: Terminal, chunks: AsyncIterable<Uint8Array>, file?: string): Promise<void> {
  try {
    if (file === undefined) await writeChunks(stdout, chunks);
    else await pipeline(chunks, createWriteStream(file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new CliError(
      `the answer broke off, or could not be written${file === undefined ? '' : ` to ${file}`}${code}.`,
    );
  }
}

/** The bytes as they are; people get a line feed at the end. */
async function writeChunks(stdout: Terminal['stdout'], chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let last: number | undefined;
  for await (const chunk of chunks) {
    last = chunk.at(-1) ?? last;
    if (!stdout.write(chunk)) await once(stdout, 'drain');
  }
  if (stdout.isTTY && last !== undefined && last !== 0x0a) stdout.write('\n');
}
