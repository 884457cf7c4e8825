import { formatBytes } from '../../format.ts';
import type { Terminal } from '../../terminal.ts';

const everyMs = 100;
const eraseLine = '\r\u001b[K';

/** A line on a terminal that says how far the hashing is; nothing anywhere else. */
export class Progress {
  readonly #stderr: Terminal['stderr'];
  readonly #files: number;
  readonly #bytes: number;
  #filesDone = 0;
  #bytesDone = 0;
  #shownAt = 0;
  #isShown = false;

  /** @param total files and bytes that are to be hashed */
  constructor({ stderr }: Pick<Terminal, 'stderr'>, total: { files: number; bytes: number }) {
    this.#stderr = stderr;
    this.#files = total.files;
    this.#bytes = total.bytes;
  }

  read(bytes: number): void {
    this.#bytesDone += bytes;
    this.#show();
  }

  fileDone(): void {
    this.#filesDone += 1;
    this.#show();
  }

  /** Makes room for a line of output. */
  clear(): void {
    if (this.#isShown) this.#stderr.write(eraseLine);
    this.#isShown = false;
  }

  #show(): void {
    if (this.#stderr.isTTY !== true || Date.now() - this.#shownAt < everyMs) return;
    this.#shownAt = Date.now();
    this.#isShown = true;
    const files = `${this.#filesDone} of ${this.#files} files`;
    this.#stderr.write(`${eraseLine}Hashed ${files}, ${formatBytes(this.#bytesDone)} of ${formatBytes(this.#bytes)}`);
  }
}
