import type { Channel } from 'amqplib';
import type { QueueBinding } from '../topology.ts';
import type { Layout, Names } from './names.ts';

/** How often a message may be handed out again after its consumer vanished with it; then it is parked. */
const DELIVERY_LIMIT = 20;
/** Being listed counts as a delivery, and nothing comes after the parking place: as good as no limit. */
const NO_DELIVERY_LIMIT = 1_000_000_000;

/** A dead-lettered message leaves its queue only when its next one has it; that needs reject-publish (RabbitMQ, quorum queues). */
const atLeastOnce = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' };

/** Exchanges, delay queues and the queues of all known consumers. Idempotent; run on every connection. */
export async function declareAll(channel: Channel, layout: Layout): Promise<void> {
  const { names } = layout;
  await channel.assertExchange(names.events, 'topic', { durable: true });
  await channel.assertExchange(names.deadLetters, 'direct', { durable: true });
  for (const delayMs of new Set(layout.delaysMs)) await declareDelay(channel, names.retry(delayMs), delayMs);
  for (const binding of layout.topology) await declareQueue(channel, names, binding);
}

/** A consumer's queue, bound to its events, and the parking place behind it. */
export async function declareQueue(channel: Channel, names: Names, { queue, routingKey }: QueueBinding): Promise<void> {
  const name = names.queue(queue);
  const parked = names.parked(queue);
  await channel.assertQueue(parked, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': NO_DELIVERY_LIMIT },
  });
  await channel.bindQueue(parked, names.deadLetters, name);
  await channel.assertQueue(name, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-exchange': names.deadLetters,
      'x-dead-letter-routing-key': name,
      ...atLeastOnce,
    },
  });
  await channel.bindQueue(name, names.events, routingKey);
}

/**
 * One queue per delay, since a queue expires messages only at its head. Published to through a fanout exchange with the consumer's
 * queue as routing key; on expiry the default exchange routes by that key, so only the queue that failed gets the message back.
 */
async function declareDelay(channel: Channel, name: string, delayMs: number): Promise<void> {
  await channel.assertExchange(name, 'fanout', { durable: true });
  await channel.assertQueue(name, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-message-ttl': delayMs, 'x-dead-letter-exchange': '', ...atLeastOnce },
  });
  await channel.bindQueue(name, name, '');
}
