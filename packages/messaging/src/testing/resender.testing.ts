import { sleep } from '@artdag/service-kit';
import type { OutgoingMessage, Transport } from '../transport.ts';

/** What a relay does, without a database: publishes messages again, when told, until they are confirmed. */
export class Resender {
  readonly confirmed = new Set<string>();
  readonly #transport: () => Transport;
  readonly #stopping = new AbortController();
  readonly #runs: Promise<void>[] = [];

  constructor(transport: () => Transport) {
    this.#transport = transport;
  }

  /** Returns at once; `confirmed` tells how far it is. */
  send(messages: readonly OutgoingMessage[]): void {
    this.#runs.push(this.#sendUntilConfirmed(messages));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#runs);
  }

  async #sendUntilConfirmed(messages: readonly OutgoingMessage[]): Promise<void> {
    let open = messages;
    while (open.length > 0 && !this.#stopping.signal.aborted) {
      const { failed, later } = await this.#transport().publish(open);
      for (const { id } of open) if (!failed.has(id) && later?.has(id) !== true) this.confirmed.add(id);
      open = open.filter(({ id }) => !this.confirmed.has(id));
      if (open.length > 0) await sleep(20, this.#stopping.signal);
    }
  }
}
