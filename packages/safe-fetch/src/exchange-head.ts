import type { Dispatcher } from 'undici';

/** Status and headers of an answer. */
export interface Head {
  status: number;
  headers: Record<string, string | string[] | undefined>;
}

/** What is read of a body that nobody wants, so that its connection can be used again; a longer or slower one costs its connection. */
const DISCARD_BYTES = 16_384;
const DISCARD_MS = 250;

/**
 * One request, and the head of its answer. Its body is read and forgotten, within bounds; without the stream and the timers that somebody who
 * wants to read it would need, which cost more than the rest of the exchange.
 */
export function exchangeHead(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Head> {
  return new Promise((resolve, reject) => {
    const handler = new HeadHandler(signal, resolve, reject);
    dispatcher.dispatch(request, handler);
  });
}

class HeadHandler implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #resolve: (head: Head) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #head: Head | undefined;
  #bytes = 0;
  #late: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal, resolve: (head: Head) => void, reject: (error: unknown) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) this.#onAbort();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Head['headers']): void {
    if (status < 200) return;
    this.#head = { status, headers };
    this.#late = setTimeout(() => this.#giveUp(), DISCARD_MS);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > DISCARD_BYTES) this.#giveUp();
  }

  onResponseEnd(): void {
    this.#settle(undefined);
  }

  /** A head that came is an answer, whatever becomes of the body. */
  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle(error);
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#signal;
    this.#controller?.abort(reason instanceof Error ? reason : new Error(String(reason)));
    this.#settle(reason);
  };

  #giveUp(): void {
    this.#controller?.abort(new Error('The rest of the answer is not wanted.'));
    this.#settle(undefined);
  }

  #settle(error: unknown): void {
    clearTimeout(this.#late);
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (this.#head !== undefined) this.#resolve(this.#head);
    else this.#reject(error);
  }
}
