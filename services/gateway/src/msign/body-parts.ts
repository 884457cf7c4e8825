import { createHash } from 'node:crypto';
import { bodyDigest } from '@artdag/msign';

/** A body as it was received. */
export interface Body {
  parts: readonly Buffer[];
  /** Lower-case hex. */
  sha256: string;
}

/** Pieces of this size are kept as they come: a buffer's own cost is nothing beside it. */
const wholeBytes = 8 * 1024;
const firstTailBytes = 512;
const lastTailBytes = 16 * 1024;

/**
 * Collects a body in about as much memory as it has bytes, however small the pieces are in which it comes: a buffer for each of them would
 * let ten megabytes, sent byte by byte, take gigabytes. Hashed as it comes, so that the event loop is never held up for the whole.
 */
export class BodyParts {
  readonly #hash = createHash('sha256');
  readonly #parts: Buffer[] = [];
  #tail = Buffer.alloc(0);
  #used = 0;

  add(piece: Buffer): void {
    if (piece.length >= wholeBytes) {
      this.#flush();
      this.#push(piece);
      return;
    }
    if (this.#used + piece.length > this.#tail.length) this.#makeRoom(piece.length);
    piece.copy(this.#tail, this.#used);
    this.#used += piece.length;
  }

  end(): Body {
    this.#flush();
    return { parts: this.#parts, sha256: this.#hash.digest('hex') };
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes > lastTailBytes) this.#flush();
    const capacity = Math.min(lastTailBytes, Math.max(firstTailBytes, 2 * (this.#used + bytes)));
    if (this.#tail.length >= this.#used + bytes) return;
    const larger = Buffer.allocUnsafeSlow(capacity);
    this.#tail.copy(larger, 0, 0, this.#used);
    this.#tail = larger;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#push(Buffer.from(this.#tail.subarray(0, this.#used)));
    this.#used = 0;
  }

  #push(part: Buffer): void {
    this.#hash.update(part);
    this.#parts.push(part);
  }
}

/** A body that came in one piece, as most do. */
export function wholeBody(piece: Buffer): Body {
  return { parts: [piece], sha256: bodyDigest(piece) };
}
