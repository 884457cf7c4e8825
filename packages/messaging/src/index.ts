export {
  defaultRetryDelaysMs,
  PoisonMessage,
  queueName,
  RetryLater,
  type DeadLetter,
  type DeadLetters,
  type Delivery,
  type OutgoingMessage,
  type PublishResult,
  type Subscription,
  type Transport,
} from './transport.ts';
export { executeWithPg, executeWithPrisma, type Execute, type PgClient, type PrismaTransaction } from './execute.ts';
export { appendEvent, toOutboxRow, type OutboxRow } from './outbox.ts';
export { createRelay, type Relay, type RelayOptions } from './relay.ts';
export { createConsumer, type Consumer, type ConsumerOptions } from './consumer.ts';
export { defineTopology, knownConsumers, type QueueBinding } from './topology.ts';
export { createInProcessTransport, type InProcessTransportOptions } from './in-process/transport.ts';
export { createRabbitTransport, type RabbitTransportOptions } from './rabbit/transport.ts';
export { removeRabbitTopology } from './rabbit/remove.ts';
