import { Writable } from 'node:stream';

const FLUSH_BYTES = 64 * 1024;
const FLUSH_MS = 100;

const openSinks = new Set<WeakRef<LineSink>>();
let exitHooked = false;

/**
 * Collects access-log lines and hands them on in batches, of 64 KiB or every 100 ms: a write per line costs a busy
 * service more than making the line. What winston writes goes out at once, after what was collected before it. What is
 * left goes out when the process exits.
 */
export class LineSink extends Writable {
  readonly #target: NodeJS.WritableStream;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(target: NodeJS.WritableStream) {
    super({ decodeStrings: false });
    this.#target = target;
    openSinks.add(new WeakRef(this));
    hookExit();
  }

  /** Adds a line (with its newline) without the cost of a stream write. */
  append(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= FLUSH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Writes what is there. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#target.write(lines);
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.append(String(chunk));
    this.flush();
    done();
  }

  override _final(done: () => void): void {
    this.flush();
    done();
  }
}

function hookExit(): void {
  if (exitHooked) return;
  exitHooked = true;
  process.once('exit', () => {
    for (const sink of openSinks) sink.deref()?.flush();
  });
}
