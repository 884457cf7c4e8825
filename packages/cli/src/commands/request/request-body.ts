import { readFileSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import type { Terminal } from '../../terminal.ts';

/** The bytes to send: a text, `@FILE`, or `@-` for standard input. @throws CliError when the file cannot be read */
export async function readBody(terminal: Terminal, data: string | undefined): Promise<Buffer | undefined> {
  if (data === undefined || !data.startsWith('@')) return data === undefined ? undefined : Buffer.from(data);
  if (data === '@-') return readBytes(terminal);
  try {
    return readFileSync(data.slice(1));
  } catch {
    throw new CliError(`${data.slice(1)} cannot be read.`);
  }
}

async function readBytes({ stdin }: Terminal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** What a body is when its sender does not say. */
export function contentTypeOf(body: Buffer): string {
  try {
    JSON.parse(body.toString('utf8'));
    return 'application/json';
  } catch {
    return 'application/octet-stream';
  }
}
