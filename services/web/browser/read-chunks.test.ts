import { expect, it } from '@jest/globals';
import { readChunks } from './read-chunks.ts';

/** A file in a browser without byte streams. */
class PlainBlob extends Blob {
  override slice(start: number, end: number): Blob {
    const stream = () => new ReadableStream();
    return Object.assign(super.slice(start, end), { stream });
  }
}

it.each([
  ['as a byte stream', Blob],
  ['in slices', PlainBlob],
])('reads a file whole and in order, %s', async (_how, Kind) => {
  const bytes = new Uint8Array(9 * 1024 * 1024 + 5).map((_, at) => at >> 10);
  const read: number[] = [];
  let at = 0;
  for await (const chunk of readChunks(new Kind([bytes]))) {
    read.push(chunk.length);
    if (chunk.some((byte, offset) => byte !== bytes[at + offset])) throw new Error(`Wrong after ${at} bytes.`);
    at += chunk.length;
  }
  expect(at).toBe(bytes.length);
  expect(read.length).toBeGreaterThan(2);
  for await (const chunk of readChunks(new Kind([]))) expect(chunk).toHaveLength(0);
});
