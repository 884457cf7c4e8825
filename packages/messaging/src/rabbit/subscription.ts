import { sleep, type Logger } from '@artdag/service-kit';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { judge, logFailure, reasonOf } from '../failure.ts';
import { queueName, type Delivery, type Subscription } from '../transport.ts';
import type { RabbitMessage } from './confirm-publisher.ts';
import { declareQueue } from './declare.ts';
import { toDelivery, toDiverted } from './messages.ts';
import type { Layout } from './names.ts';
import { within } from './within.ts';

export interface SubscriptionDeps {
  readonly layout: Layout;
  readonly logger: Logger;
  readonly defaultConcurrency: number;
  /** Publishes with a confirm; true once it is stored in a queue. */
  readonly divert: (message: RabbitMessage) => Promise<boolean>;
  /** The channel or the queue has gone while the connection stands. */
  readonly onBroken: (model: ChannelModel, why: string) => void;
}

const GOODBYE_MS = 2_000;
const DIVERT_AGAIN_MS = 1_000;

interface Consuming {
  readonly channel: Channel;
  readonly consumerTag: string;
}

/** One consumer of one queue, on whatever connection there is. As many messages are handled at once as the broker hands out. */
export class RabbitSubscription {
  readonly queue: string;
  readonly #deps: SubscriptionDeps;
  readonly #subscription: Subscription;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #attachment: { model: ChannelModel; ready: Promise<Consuming> } | undefined;

  constructor(deps: SubscriptionDeps, subscription: Subscription) {
    this.#deps = deps;
    this.#subscription = subscription;
    this.queue = queueName(subscription);
  }

  /** Begins to consume on a connection, once per connection. Rejects when the broker refuses. */
  async attach(model: ChannelModel): Promise<void> {
    if (this.#closing.signal.aborted) return;
    if (this.#attachment?.model !== model) this.#attachment = { model, ready: this.#consume(model) };
    await this.#attachment.ready;
  }

  /** Hands out nothing more, lets the handlers finish and acknowledge, and leaves. */
  async close(): Promise<void> {
    this.#closing.abort();
    const consuming = await this.#attachment?.ready.catch(() => undefined);
    const cancelled = consuming && (await within(GOODBYE_MS, consuming.channel.cancel(consuming.consumerTag)));
    await Promise.all(this.#running);
    // Who did not answer the first goodbye is not asked again.
    if (consuming !== undefined && cancelled === true) await within(GOODBYE_MS, closeChannel(consuming.channel));
  }

  async #consume(model: ChannelModel): Promise<Consuming> {
    const { layout, logger, defaultConcurrency, onBroken } = this.#deps;
    const channel = await model.createChannel();
    const gone = new AbortController();
    channel.on('error', (error) => logger.warn('RabbitMQ consumer channel failed', { queue: this.queue, error }));
    channel.on('close', () => {
      gone.abort();
      if (!this.#closing.signal.aborted) onBroken(model, `the channel of ${this.queue} was closed`);
    });
    await declareQueue(channel, layout.names, { queue: this.queue, routingKey: this.#subscription.routingKey });
    await channel.prefetch(this.#subscription.concurrency ?? defaultConcurrency);
    const { consumerTag } = await channel.consume(layout.names.queue(this.queue), (message) => {
      if (message === null) onBroken(model, `${this.queue} was deleted`);
      else this.#take(channel, message, gone.signal);
    });
    return { channel, consumerTag };
  }

  #take(channel: Channel, message: ConsumeMessage, gone: AbortSignal): void {
    // What still comes while leaving goes back to the queue when the channel closes.
    if (this.#closing.signal.aborted) return;
    const run = this.#handle(channel, message, gone).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #handle(channel: Channel, message: ConsumeMessage, gone: AbortSignal): Promise<void> {
    const delivery = toDelivery(message);
    try {
      await this.#subscription.onMessage(delivery);
    } catch (error) {
      if (!(await this.#divert(delivery, error, gone))) return;
    }
    // On a channel that has gone there is nobody to tell: the message comes again and is recognised by its id.
    if (!gone.aborted) channel.ack(message);
  }

  /** Sends the message to its delay or to the parking place; false when that was not possible and the broker must keep it. */
  async #divert(delivery: Delivery, error: unknown, gone: AbortSignal): Promise<boolean> {
    const { names, delaysMs } = this.#deps.layout;
    const verdict = judge(error, delivery.attempt, delaysMs);
    logFailure(this.#deps.logger, this.queue, delivery, error, verdict);
    const exchange = verdict === 'park' ? names.deadLetters : names.retry(verdict.retryMs);
    const diverted = toDiverted(exchange, names.queue(this.queue), delivery, reasonOf(error), new Date());
    const leaving = AbortSignal.any([gone, this.#closing.signal]);
    for (;;) {
      if (gone.aborted) return false;
      if (await this.#deps.divert(diverted)) return true;
      if (leaving.aborted) return false;
      await sleep(DIVERT_AGAIN_MS, leaving);
    }
  }
}

async function closeChannel(channel: Channel): Promise<void> {
  await channel.close(); // async: closing a closed channel throws instead of rejecting
}
