import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { printable } from './printable.ts';
import { SafeFetchError } from './safe-fetch-error.ts';

/** What we ask for. zstd is left out: its window may take 128 MiB of memory before the first byte is out. */
export const acceptEncoding = 'gzip, deflate, br';

const decoders = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * Reads a body to its end. Throws `too_large` as soon as it, decompressed, is over `maxBytes`: what follows is not read, nor inflated.
 * The compressed bytes are counted too, as a stream can go on for ever without inflating to anything.
 */
export async function readBody(
  stream: Readable,
  encoding: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return collect(capped(stream, maxBytes));
  const createDecoder = decoders.get(name);
  if (createDecoder === undefined) {
    throw new SafeFetchError(
      'unreachable',
      `The answer has the content-encoding "${printable(name)}", which is not understood.`,
    );
  }
  const compressed = capped(stream, maxBytes + Math.ceil(maxBytes / 64) + 1024);
  const first = await compressed.next();
  // An answer without a body may name an encoding all the same; no decoder takes nothing for something compressed.
  if (first.done === true) return Buffer.alloc(0);
  return inflate(prepended(first.value, compressed), createDecoder(), maxBytes, signal);
}

async function inflate(
  compressed: AsyncIterable<Buffer>,
  decoder: Transform,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  let body: Buffer = Buffer.alloc(0);
  const read = async (source: AsyncIterable<Buffer>) => {
    body = await collect(capped(source, maxBytes));
  };
  await pipeline(compressed, decoder, read, { signal });
  return body;
}

/** Throws `too_large` from the announced length, before a byte of the body is read. */
export function checkAnnouncedLength(length: string | undefined, maxBytes: number): void {
  if (length !== undefined && Number(length) > maxBytes) throw tooLarge(maxBytes);
}

async function* capped(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

async function* prepended(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): SafeFetchError {
  return new SafeFetchError('too_large', `The answer is over the limit of ${maxBytes} bytes.`);
}
