const sliceBytes = 4 * 1024 * 1024;
const memoryBytes = 1024 * 1024;

/**
 * The bytes of a file, a chunk at a time, each for as long as nobody asks for the next: where the browser can, all come in the same memory.
 * Browsers compare a file with what it was when it was chosen as often as one begins to read: that is every slice, and once more at the end.
 *
 * @throws DOMException when it cannot be read, or not any more
 */
export async function* readChunks(file: Blob): AsyncGenerator<Uint8Array> {
  let memory = new Uint8Array(memoryBytes);
  for (let at = 0; at < file.size; at += sliceBytes) {
    const slice = file.slice(at, at + sliceBytes);
    const reader = byteReaderOf(slice);
    if (reader === undefined) {
      yield new Uint8Array(await slice.arrayBuffer());
      continue;
    }
    for (;;) {
      const { value, done } = await reader.read(memory);
      // It was taken away while it was filled, and comes back with what was read.
      if (value !== undefined) memory = new Uint8Array(value.buffer);
      if (done) break;
      yield value;
    }
  }
  await file.slice(0, 1).arrayBuffer();
}

/** Undefined in browsers whose files are no byte streams (Streams Standard §4.5). */
function byteReaderOf(slice: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return slice.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}
