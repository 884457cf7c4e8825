import { problemsOf, type EventDefinition } from '@artdag/events';
import type { Logger } from '@artdag/service-kit';
import type { Execute } from './execute.ts';
import { PoisonMessage, queueName, type Delivery, type Transport } from './transport.ts';

/** The envelope that an event's `parse` gives. */
export type EnvelopeOf<E extends EventDefinition> = ReturnType<E['parse']>;

export interface ConsumerOptions<E extends EventDefinition, P = undefined> {
  transport: Transport;
  /** The consuming service; with the event's type it names the queue and the rows of `processed_events`. */
  service: string;
  event: E;
  /** Runs `work` in one transaction of the consumer's own database and resolves after its commit. */
  transaction: <R>(work: (execute: Execute) => Promise<R>) => Promise<R>;
  /**
   * What takes long or calls the network; runs before the transaction and is handed to `handle`. Not called for an event that is
   * known to be processed, but it may run more often than the effect (at a retry, or for duplicates that come at once): whatever it
   * changes by itself must be safe to repeat. Throwing tries again after the next delay.
   */
  prepare?: (envelope: EnvelopeOf<E>) => Promise<P>;
  /**
   * The effect, in that transaction; called once per event however often it is delivered. No network calls in here. Throwing
   * (`RetryLater`, or anything) rolls back and tries again after the next delay.
   */
  handle: (envelope: EnvelopeOf<E>, execute: Execute, prepared: P) => Promise<void>;
  logger: Logger;
  /** How many events are handled at once (default 4). Their order is never a promise. */
  concurrency?: number | undefined;
}

export interface Consumer {
  start(): Promise<void>;
  /** Takes no more events and resolves when those in hand are committed and acknowledged. */
  stop(): Promise<void>;
}

const IS_PROCESSED = 'SELECT 1 FROM processed_events WHERE consumer = $1 AND event_id = $2';
const MARK_PROCESSED = 'INSERT INTO processed_events (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING';

/** Handles each event once in effect: the mark in `processed_events` and the effect commit together, the acknowledgement follows. */
export function createConsumer<E extends EventDefinition, P>(
  o: ConsumerOptions<E, P> & { prepare: (envelope: EnvelopeOf<E>) => Promise<P> },
): Consumer;
export function createConsumer<E extends EventDefinition>(o: ConsumerOptions<E>): Consumer;
export function createConsumer<E extends EventDefinition, P>(o: ConsumerOptions<E, P>): Consumer {
  const name = queueName({ service: o.service, type: o.event.type });
  let subscription: Promise<{ close(): Promise<void> }> | undefined;

  const skip = (id: string): void => {
    o.logger.debug('event was processed before', { consumer: name, event_id: id });
  };
  const isProcessed = async (id: string): Promise<boolean> =>
    await o.transaction(async (execute) => (await execute(IS_PROCESSED, [name, id])).rows.length > 0);

  const onMessage = async (delivery: Delivery): Promise<void> => {
    const envelope = parse(o.event, delivery.body);
    if (o.prepare !== undefined && (await isProcessed(envelope.id))) return skip(envelope.id);
    // Without `prepare`, P is undefined: the signatures above see to it.
    const prepared = (await o.prepare?.(envelope)) as P;
    await o.transaction(async (execute) => {
      const { rowCount } = await execute(MARK_PROCESSED, [name, envelope.id]);
      if (rowCount === 1) await o.handle(envelope, execute, prepared);
      else skip(envelope.id);
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
