import { connect } from 'amqplib';
import { knownConsumers, type QueueBinding } from '../topology.ts';
import { defaultRetryDelaysMs } from '../transport.ts';
import { namesFor } from './names.ts';

const CONNECT_TIMEOUT_MS = 60_000;

/**
 * Deletes every queue and exchange of a prefix, with all messages in them. For tests, and for taking an installation down: quorum
 * queues that nobody needs cost the broker three file handles each, for ever.
 */
export async function removeRabbitTopology(o: {
  url: string;
  prefix: string;
  retryDelaysMs?: readonly number[] | undefined;
  topology?: readonly QueueBinding[] | undefined;
}): Promise<void> {
  const names = namesFor(o.prefix);
  const delays = (o.retryDelaysMs ?? defaultRetryDelaysMs).map((delayMs) => names.retry(delayMs));
  const consumed = (o.topology ?? knownConsumers).flatMap(({ queue }) => [names.queue(queue), names.parked(queue)]);
  const connection = await connect(o.url, { timeout: CONNECT_TIMEOUT_MS });
  try {
    const channel = await connection.createChannel();
    // A delay queue holds on to its messages until their queue takes them, so it goes first.
    for (const queue of [...delays, ...consumed]) await channel.deleteQueue(queue);
    for (const exchange of [names.events, names.deadLetters, ...delays]) await channel.deleteExchange(exchange);
  } finally {
    await connection.close();
  }
}
