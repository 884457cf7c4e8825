import type { Message } from 'amqplib';
import type { DeadLetter, Delivery, OutgoingMessage } from '../transport.ts';
import type { RabbitMessage } from './confirm-publisher.ts';
import { headers } from './names.ts';

/** An event from the outbox, on its way to the topic exchange. */
export function toRabbit(exchange: string, message: OutgoingMessage): RabbitMessage {
  const { id, routingKey, body, correlationId } = message;
  return { exchange, routingKey, body, options: properties(id, correlationId) };
}

export function toDelivery(message: Message): Delivery {
  const { headers: given = {}, messageId, correlationId } = message.properties;
  return {
    id: textOr(messageId, ''),
    routingKey: textOr(given[headers.routingKey], message.fields.routingKey),
    body: message.content,
    correlationId: typeof correlationId === 'string' ? correlationId : undefined,
    attempt: countOr(given[headers.attempt]),
  };
}

/** A failed delivery on its way to a delay or to the parking place; `queue` is the broker's name of the queue that it came from. */
export function toDiverted(
  exchange: string,
  queue: string,
  delivery: Delivery,
  reason: string,
  at: Date,
): RabbitMessage {
  const options = {
    ...properties(delivery.id, delivery.correlationId),
    headers: {
      [headers.attempt]: delivery.attempt + 1,
      [headers.routingKey]: delivery.routingKey,
      [headers.reason]: reason,
      [headers.failedAt]: at.toISOString(),
    },
  };
  return { exchange, routingKey: queue, body: delivery.body, options };
}

/** A dead letter on its way straight back to its queue, as if it had never failed. */
export function toReplayed(queue: string, message: Message): RabbitMessage {
  const { id, routingKey, body, correlationId } = toDelivery(message);
  const options = {
    ...properties(id, correlationId),
    headers: { [headers.routingKey]: deadRoutingKey(message, routingKey) },
  };
  return { exchange: '', routingKey: queue, body, options };
}

export function toDeadLetter(message: Message): DeadLetter {
  const { id, routingKey, body, attempt } = toDelivery(message);
  const given = message.properties.headers ?? {};
  const reason = given[headers.reason];
  const failedAt = given[headers.failedAt];
  return {
    id,
    routingKey: deadRoutingKey(message, routingKey),
    body,
    reason: typeof reason === 'string' ? reason : null,
    attempts: attempt,
    failedAt: typeof failedAt === 'string' ? failedAt : null,
  };
}

/** What the broker dead-lettered itself has its first routing key in `x-death` only. */
function deadRoutingKey(message: Message, found: string): string {
  const given = message.properties.headers ?? {};
  return headers.routingKey in given ? found : (given['x-death']?.[0]?.['routing-keys'][0] ?? found);
}

function properties(messageId: string, correlationId: string | undefined) {
  return { messageId, ...(correlationId === undefined ? {} : { correlationId }) };
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
const countOr = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.floor(value) : 0);
