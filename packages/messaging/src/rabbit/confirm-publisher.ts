import type { ConfirmChannel, Message, Options } from 'amqplib';

export interface RabbitMessage {
  exchange: string;
  routingKey: string;
  body: Buffer;
  options: Options.Publish & { messageId: string };
}

/** `returned`: the broker took it and had no queue for it. `failed`: refused, or no answer. */
export type Outcome = 'confirmed' | 'returned' | 'failed';

/** Publishes on a confirm channel with `mandatory`, so that a message without a queue is told from one that is stored. */
export class ConfirmPublisher {
  readonly #channel: ConfirmChannel;
  readonly #returned = new Set<string>();

  constructor(channel: ConfirmChannel) {
    this.#channel = channel;
    // The broker sends the return before the confirm of the same message.
    channel.on('return', (message: Message) => {
      this.#returned.add(
        keyOf(message.fields.exchange, message.fields.routingKey, String(message.properties.messageId)),
      );
    });
  }

  /** One outcome per message, in their order, after `timeoutMs` at the latest. Never rejects. */
  async send(messages: readonly RabbitMessage[], timeoutMs: number): Promise<Outcome[]> {
    const outcomes = messages.map((): Outcome => 'failed');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      let open = messages.length;
      const settle = (index: number, outcome: Outcome): void => {
        outcomes[index] = outcome;
        open -= 1;
        if (open > 0) return;
        clearTimeout(timer);
        resolve();
      };
      for (const [index, message] of messages.entries()) this.#publish(message, (outcome) => settle(index, outcome));
    });
    return [...outcomes]; // a confirm that comes too late changes nothing any more
  }

  #publish(message: RabbitMessage, settle: (outcome: Outcome) => void): void {
    const { exchange, routingKey, body } = message;
    const options = { ...message.options, mandatory: true, persistent: true, contentType: 'application/json' };
    const key = keyOf(exchange, routingKey, options.messageId);
    try {
      this.#channel.publish(exchange, routingKey, body, options, (error: unknown) => {
        const returned = this.#returned.delete(key);
        if (error) settle('failed');
        else settle(returned ? 'returned' : 'confirmed');
      });
    } catch {
      settle('failed'); // the channel is closed
    }
  }
}

const keyOf = (exchange: string, routingKey: string, id: string): string => `${exchange}\n${routingKey}\n${id}`;
