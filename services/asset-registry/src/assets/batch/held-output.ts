import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** How much of an answer waits until the request has been read whole. */
const heldBytes = 8 * 1024 * 1024;

/**
 * Sends an answer while the request still comes, to clients of both kinds: most send all they have before they read anything, and would
 * never get on if their answer had to be read first. So the answer is held until the request has ended, unless it becomes large; then it goes
 * out as fast as the client takes it, and meanwhile no more is read from it.
 */
export class HeldOutput {
  readonly #target: Writable;
  readonly #begin: () => void;
  #held: string[] = [];
  #bytes = 0;
  #flowing = false;

  /** @param begin called before the first byte goes out */
  constructor(target: Writable, begin: () => void) {
    this.#target = target;
    this.#begin = begin;
  }

  /** Whether nothing was said yet. */
  get isEmpty(): boolean {
    return !this.#flowing && this.#held.length === 0;
  }

  /** Resolves when there is room for more. */
  async write(text: string): Promise<void> {
    if (this.#flowing) return await this.#send(text);
    this.#held.push(text);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > heldBytes) await this.flush();
  }

  /** Sends what is held. */
  async flush(): Promise<void> {
    if (!this.#flowing) this.#begin();
    this.#flowing = true;
    const text = this.#held.join('');
    this.#held = [];
    if (text !== '') await this.#send(text);
  }

  async #send(text: string): Promise<void> {
    if (this.#target.destroyed || this.#target.write(text)) return;
    await Promise.race([once(this.#target, 'drain'), once(this.#target, 'close')]);
  }
}
