/** A line of the body, counted from 1. */
export interface Line {
  number: number;
  /** Without its end; null when it is longer than allowed. */
  bytes: Buffer | null;
}

const newline = 10;
const carriageReturn = 13;

/**
 * Cuts a body into lines as it comes, and never holds more than one line of it. Blank lines count, but are left out, unless there are more of
 * all lines than twice as many as a batch may have: whoever sends nothing else would otherwise be read on and on.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #maxLines: number;
  #number = 0;
  /** What came of a line whose end has not. */
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(maxLineBytes: number, maxLines: number) {
    this.#maxLineBytes = maxLineBytes;
    this.#maxLines = maxLines;
  }

  /** The lines that end in this piece. */
  push(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
      this.#hold(piece.subarray(start, end));
      this.#finish(lines);
      start = end + 1;
    }
    // Copied, so that a short rest does not keep a whole piece.
    if (start < piece.length) this.#hold(Buffer.from(piece.subarray(start)));
    return lines;
  }

  /** The last line, if the body does not end with the end of one. */
  end(): Line[] {
    const lines: Line[] = [];
    if (this.#heldBytes > 0) this.#finish(lines);
    return lines;
  }

  #hold(part: Buffer): void {
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#maxLineBytes + 1) this.#held = [];
    else this.#held.push(part);
  }

  #finish(lines: Line[]): void {
    this.#number += 1;
    const bytes = this.#heldBytes > this.#maxLineBytes + 1 ? null : withoutReturn(Buffer.concat(this.#held));
    this.#held = [];
    this.#heldBytes = 0;
    if (bytes === null || bytes.length > this.#maxLineBytes) lines.push({ number: this.#number, bytes: null });
    else if (!isBlank(bytes) || this.#number > 2 * this.#maxLines) lines.push({ number: this.#number, bytes });
  }
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === carriageReturn);
}
