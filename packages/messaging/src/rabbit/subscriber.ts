import type { Logger } from '@artdag/service-kit';
import type { ChannelModel } from 'amqplib';
import { queueName, type Subscription } from '../transport.ts';
import type { RabbitMessage } from './confirm-publisher.ts';
import { RabbitLink } from './link.ts';
import type { Layout } from './names.ts';
import { RabbitSubscription } from './subscription.ts';

export interface SubscriberOptions {
  url: string;
  layout: Layout;
  logger: Logger;
  defaultConcurrency: number;
  divert: (message: RabbitMessage) => Promise<boolean>;
}

/** The consuming half: one connection, opened with the first subscription, and a channel per subscription. */
export class RabbitSubscriber {
  readonly #options: SubscriberOptions;
  readonly #subscriptions = new Set<RabbitSubscription>();
  #link: RabbitLink | undefined;
  #closed = false;

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  /** Resolves when it consumes, or as soon as it is clear that the broker is away: then it consumes when that comes back. */
  async subscribe(subscription: Subscription): Promise<{ close(): Promise<void> }> {
    if (this.#closed) throw new Error('The transport is closed: subscribe before closing it.');
    const { layout, logger, defaultConcurrency, divert } = this.#options;
    const onBroken = (model: ChannelModel, why: string): void => {
      // Later, since a channel also closes with its connection, which then comes back by itself.
      setImmediate(() => void this.#link?.reset(model, why));
    };
    this.#warnOfUnknown(queueName(subscription));
    const added = new RabbitSubscription({ layout, logger, defaultConcurrency, divert, onBroken }, subscription);
    this.#subscriptions.add(added);
    const link = (this.#link ??= this.#open());
    await link.tried;
    if (link.model !== undefined) await this.#attachAll(link.model);
    return {
      close: async () => {
        this.#subscriptions.delete(added);
        await added.close();
      },
    };
  }

  /** @throws Error when there are subscriptions and no connection to consume on. */
  ping(): void {
    if (this.#link !== undefined && this.#link.model === undefined) {
      throw new Error(`RabbitMQ, consuming: ${this.#link.problem}`);
    }
  }

  /** Takes nothing more; resolves when what is in hand is handled. */
  async drain(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#subscriptions].map((each) => each.close()));
  }

  async close(): Promise<void> {
    await this.#link?.close();
  }

  #warnOfUnknown(queue: string): void {
    const { layout, logger } = this.#options;
    if (layout.topology.some((known) => known.queue === queue)) return;
    logger.warn('this queue is not in the topology: events published before its first consumer came are lost', {
      queue,
    });
  }

  #open(): RabbitLink {
    const { url, logger } = this.#options;
    return new RabbitLink({ url, logger, name: 'artdag consumer', onUp: (model) => void this.#attachAll(model) });
  }

  async #attachAll(model: ChannelModel): Promise<void> {
    try {
      await Promise.all([...this.#subscriptions].map((each) => each.attach(model)));
    } catch (error) {
      await this.#link?.reset(model, String(error));
    }
  }
}
