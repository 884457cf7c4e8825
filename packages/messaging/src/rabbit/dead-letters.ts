import type { Channel, ChannelModel, GetMessage } from 'amqplib';
import type { DeadLetters } from '../transport.ts';
import type { RabbitMessage } from './confirm-publisher.ts';
import { toDeadLetter, toReplayed } from './messages.ts';
import type { Names } from './names.ts';
import { within } from './within.ts';

const GOODBYE_MS = 2_000;

export interface DeadLetterDeps {
  readonly names: Names;
  /** Rejects when there is no connection. */
  readonly model: () => Promise<ChannelModel>;
  readonly publish: (message: RabbitMessage) => Promise<boolean>;
}

/** Two operators at once see a part each: what one holds in hand is hidden from the other. */
export function rabbitDeadLetters(deps: DeadLetterDeps): DeadLetters {
  return {
    async list(queue, limit) {
      return withChannel(deps, async (channel) => {
        const found = [];
        while (found.length < limit) {
          const message = await channel.get(deps.names.parked(queue));
          if (message === false) break;
          found.push(toDeadLetter(message));
        }
        return found; // never acknowledged: all go back when the channel closes
      });
    },
    async replay(queue, limit) {
      return withChannel(deps, async (channel) => {
        let replayed = 0;
        for (; replayed < limit; replayed += 1) {
          const message: GetMessage | false = await channel.get(deps.names.parked(queue));
          if (message === false) break;
          if (!(await deps.publish(toReplayed(deps.names.queue(queue), message)))) break;
          channel.ack(message);
        }
        return replayed;
      });
    },
  };
}

async function withChannel<T>(deps: DeadLetterDeps, work: (channel: Channel) => Promise<T>): Promise<T> {
  const model = await deps.model();
  const channel = await model.createChannel();
  let failure: Error | undefined;
  channel.on('error', (error) => {
    failure = error; // the broker closes the channel with it, e.g. for an unknown queue
  });
  try {
    return await work(channel);
  } finally {
    if (failure === undefined) await within(GOODBYE_MS, channel.close());
  }
}
