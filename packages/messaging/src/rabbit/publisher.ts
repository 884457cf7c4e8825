import type { Logger } from '@artdag/service-kit';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { OutgoingMessage, PublishResult } from '../transport.ts';
import { ConfirmPublisher, type Outcome, type RabbitMessage } from './confirm-publisher.ts';
import { declareAll } from './declare.ts';
import { RabbitLink } from './link.ts';
import { toRabbit } from './messages.ts';
import type { Layout } from './names.ts';
import { within } from './within.ts';

/** A little less than a relay's lease, so that an event is not taken by the next relay while this one still waits. */
const CONFIRM_TIMEOUT_MS = 4_000;
const PING_TIMEOUT_MS = 1_500;

/** The publishing half: one connection, one confirm channel. Declares the whole topology each time it connects. */
export class RabbitPublisher {
  readonly #layout: Layout;
  readonly #logger: Logger;
  readonly #link: RabbitLink;
  readonly #expected: ReadonlySet<string>;
  #channel: ConfirmChannel | undefined;
  #publisher: ConfirmPublisher | undefined;

  constructor(o: { url: string; layout: Layout; logger: Logger }) {
    this.#layout = o.layout;
    this.#logger = o.logger;
    this.#expected = new Set(o.layout.topology.map(({ routingKey }) => routingKey));
    this.#link = new RabbitLink({
      url: o.url,
      name: 'artdag publisher',
      logger: o.logger,
      setup: (model) => this.#setUp(model),
    });
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<PublishResult> {
    const { events } = this.#layout.names;
    const outcomes = await this.#send(messages.map((message) => toRabbit(events, message)));
    const failed = new Set<string>();
    for (const [index, { id, routingKey }] of messages.entries()) {
      if (!this.#isDone(outcomes[index] ?? 'failed', routingKey)) failed.add(id);
    }
    return { failed };
  }

  /** Publishes one message that must end in a queue; true when it has. */
  async store(message: RabbitMessage): Promise<boolean> {
    const [outcome] = await this.#send([message]);
    if (outcome === 'returned') this.#declareAnew(`${message.exchange} routed ${message.routingKey} to no queue`);
    return outcome === 'confirmed';
  }

  /** The connection. @throws Error when there is none at present. */
  async connected(): Promise<ChannelModel> {
    await this.#link.tried;
    const { model, problem } = this.#link;
    if (model === undefined) throw new Error(`RabbitMQ is not connected (${problem}). Try again when it is.`);
    return model;
  }

  /** A round trip to the broker. @throws Error saying what is wrong. */
  async ping(): Promise<void> {
    const { problem } = this.#link;
    if (problem !== undefined) throw new Error(`RabbitMQ: ${problem}`);
    const answer = this.#channel?.assertExchange(this.#layout.names.events, 'topic', { durable: true });
    if (answer === undefined || !(await within(PING_TIMEOUT_MS, answer))) {
      throw new Error(`RabbitMQ: connected, but no answer within ${PING_TIMEOUT_MS} ms`);
    }
    await answer;
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #send(messages: readonly RabbitMessage[]): Promise<Outcome[]> {
    if (this.#publisher === undefined || this.#link.problem !== undefined || messages.length === 0) {
      return Promise.resolve(messages.map(() => 'failed'));
    }
    return this.#publisher.send(messages, CONFIRM_TIMEOUT_MS);
  }

  /** An event that nobody consumes is done with; one that lacks the queue it should have is not. */
  #isDone(outcome: Outcome, routingKey: string): boolean {
    if (outcome !== 'returned') return outcome === 'confirmed';
    if (!this.#expected.has(routingKey)) return true;
    this.#declareAnew(`no queue takes ${routingKey} any more`);
    return false;
  }

  #declareAnew(why: string): void {
    const { model } = this.#link;
    if (model !== undefined) void this.#link.reset(model, why);
  }

  async #setUp(model: ChannelModel): Promise<void> {
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => this.#logger.warn('RabbitMQ publisher channel failed', { error }));
    // Later, since a channel also closes with its connection, which then comes back by itself.
    channel.on('close', () => setImmediate(() => void this.#link.reset(model, 'the publisher channel was closed')));
    await declareAll(channel, this.#layout);
    this.#channel = channel;
    this.#publisher = new ConfirmPublisher(channel);
  }
}
