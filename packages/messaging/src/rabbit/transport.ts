import type { Logger } from '@artdag/service-kit';
import { knownConsumers, type QueueBinding } from '../topology.ts';
import { defaultConcurrency, defaultRetryDelaysMs, type Transport } from '../transport.ts';
import { rabbitDeadLetters } from './dead-letters.ts';
import { withHeartbeat } from './link.ts';
import { namesFor, type Layout } from './names.ts';
import { RabbitPublisher } from './publisher.ts';
import { RabbitSubscriber } from './subscriber.ts';

export interface RabbitTransportOptions {
  /** `amqp://` or `amqps://`; heartbeats every 10 s unless it says otherwise. */
  url: string;
  /** Before the name of every exchange and queue. */
  prefix?: string | undefined;
  logger: Logger;
  /** Waits after the first failure, the second, and so on (default 5 s, 30 s, 2 min, 10 min, 1 h); after the last: dead letter. */
  retryDelaysMs?: readonly number[] | undefined;
  /** Messages handled at once by a subscription that does not say (default 4). */
  prefetch?: number | undefined;
  /** Queues declared on every connection (default: all known consumers). */
  topology?: readonly QueueBinding[] | undefined;
}

/**
 * Events over RabbitMQ 3.10 or later. Publishing and consuming have a connection each, since a broker short of memory stops reading
 * from publishers, and consumers must still be able to acknowledge. Never throws for want of a broker: it connects in the background
 * for as long as it takes, and `ping` says how that goes.
 * @throws TypeError when `url` is no URL.
 */
export function createRabbitTransport(o: RabbitTransportOptions): Transport {
  const layout: Layout = {
    names: namesFor(o.prefix ?? ''),
    delaysMs: o.retryDelaysMs ?? defaultRetryDelaysMs,
    topology: o.topology ?? knownConsumers,
  };
  const url = withHeartbeat(o.url);
  const publisher = new RabbitPublisher({ url, layout, logger: o.logger });
  const subscriber = new RabbitSubscriber({
    url,
    layout,
    logger: o.logger,
    defaultConcurrency: o.prefetch ?? defaultConcurrency,
    divert: (message) => publisher.store(message),
  });
  return {
    publish: (messages) => publisher.publish(messages),
    subscribe: (subscription) => subscriber.subscribe(subscription),
    deadLetters: rabbitDeadLetters({
      names: layout.names,
      model: () => publisher.connected(),
      publish: (message) => publisher.store(message),
    }),
    async ping() {
      await publisher.ping();
      subscriber.ping();
    },
    async close() {
      await subscriber.drain(); // which may still have to publish a retry
      await Promise.all([subscriber.close(), publisher.close()]);
    },
  };
}
