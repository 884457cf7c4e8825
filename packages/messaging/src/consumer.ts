import { problemsOf, type EventDefinition } from '@artdag/events';
import type { Logger } from '@artdag/service-kit';
import type { Execute } from './execute.ts';
import { PoisonMessage, queueName, type Delivery, type Transport } from './transport.ts';

/** The envelope that an event's `parse` gives. */
export type EnvelopeOf<E extends EventDefinition> = ReturnType<E['parse']>;

export interface ConsumerOptions<E extends EventDefinition> {
  transport: Transport;
  /** The consuming service; with the event's type it names the queue and the rows of `processed_events`. */
  service: string;
  event: E;
  /** Runs `work` in one transaction of the consumer's own database and resolves after its commit. */
  transaction: <R>(work: (execute: Execute) => Promise<R>) => Promise<R>;
  /**
   * The effect, in that transaction; called once per event however often it is delivered. No network calls in here. Throwing
   * (`RetryLater`, or anything) rolls back and tries again after the next delay.
   */
  handle: (envelope: EnvelopeOf<E>, execute: Execute) => Promise<void>;
  logger: Logger;
  /** How many events are handled at once (default 4). Their order is never a promise. */
  concurrency?: number | undefined;
}

export interface Consumer {
  start(): Promise<void>;
  /** Takes no more events and resolves when those in hand are committed and acknowledged. */
  stop(): Promise<void>;
}

const MARK_PROCESSED = 'INSERT INTO processed_events (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING';

/** Handles each event once in effect: the mark in `processed_events` and the effect commit together, the acknowledgement follows. */
export function createConsumer<E extends EventDefinition>(o: ConsumerOptions<E>): Consumer {
  const name = queueName({ service: o.service, type: o.event.type });
  let subscription: Promise<{ close(): Promise<void> }> | undefined;

  const onMessage = async (delivery: Delivery): Promise<void> => {
    const envelope = parse(o.event, delivery.body);
    await o.transaction(async (execute) => {
      const { rowCount } = await execute(MARK_PROCESSED, [name, envelope.id]);
      if (rowCount === 1) await o.handle(envelope, execute);
      else o.logger.debug('event was processed before', { consumer: name, event_id: envelope.id });
    });
  };

  return {
    async start() {
      subscription ??= o.transport.subscribe({
        service: o.service,
        type: o.event.type,
        routingKey: o.event.routingKey,
        concurrency: o.concurrency,
        onMessage,
      });
      await subscription;
    },
    async stop() {
      const running = await subscription;
      await running?.close();
    },
  };
}

function parse<E extends EventDefinition>(event: E, body: Buffer): EnvelopeOf<E> {
  const what = `${event.type} of version ${event.version}`;
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    throw new PoisonMessage(`not JSON, expected ${what}`); // the parser's own message quotes the body
  }
  try {
    return event.parse(json) as EnvelopeOf<E>;
  } catch (cause) {
    throw new PoisonMessage(`not a valid ${what}: ${problemsOf(cause)}`, { cause });
  }
}
