import { Duplex } from 'node:stream';
import type { Logger } from '@artdag/service-kit';
import { connect, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import { within } from './within.ts';

export interface LinkOptions {
  /** With the heartbeat in it. */
  url: string;
  /** Shown by the broker and in logs. */
  name: string;
  logger: Logger;
  /** Runs on each new connection before it counts as up; a rejection closes the connection and it is tried again. */
  setup?: (model: ChannelModel) => Promise<void>;
  /** Runs on each connection that is up. */
  onUp?: (model: ChannelModel) => void;
}

const HEARTBEAT_S = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;
const LINGER_MS = 1_000;

/** One connection that comes back by itself, for as long as it takes. Nothing here throws or rejects for want of a broker. */
export class RabbitLink {
  readonly #options: LinkOptions;
  readonly #connection: Promise<RecoveringChannelModel>;
  /** Resolves when the first attempt to connect has succeeded or failed. */
  readonly tried: Promise<void>;
  #markTried: () => void = () => undefined;
  #model: ChannelModel | undefined;
  #problem = 'not connected yet';
  #blocked = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.tried = new Promise((resolve) => {
      this.#markTried = resolve;
    });
    this.#connection = this.#open();
  }

  /** The connection, when it is up and set up. */
  get model(): ChannelModel | undefined {
    return this.#model;
  }

  /** Why messages cannot be published at present; undefined when they can. */
  get problem(): string | undefined {
    if (this.#model === undefined) return this.#problem;
    return this.#blocked ? 'the broker is short of memory or disk and accepts no messages' : undefined;
  }

  /** Drops the present connection, so that a new one is made and set up. */
  async reset(model: ChannelModel, why: string): Promise<void> {
    if (this.#model !== model) return;
    this.#options.logger.warn('RabbitMQ connection is dropped and made anew', { link: this.#options.name, why });
    if (!(await within(CLOSE_TIMEOUT_MS, model.close()))) destroySocket(model);
  }

  async close(): Promise<void> {
    const model = this.#model;
    this.#model = undefined;
    this.#problem = 'closed';
    const connection = await this.#connection;
    const inTime = await within(CLOSE_TIMEOUT_MS, connection.close());
    if (!inTime && model !== undefined) destroySocket(model);
  }

  async #open(): Promise<RecoveringChannelModel> {
    const { url, name, logger } = this.#options;
    const connection = await connect(url, {
      timeout: CONNECT_TIMEOUT_MS,
      noDelay: true,
      clientProperties: { connection_name: name },
      recovery: {
        initialDelay: 200,
        maxDelay: 5_000,
        waitForConnect: false,
        setup: (model: ChannelModel) => this.#setUp(model),
      },
    });
    let failures = 0;
    connection.on('connect', (model) => {
      failures = 0;
      this.#model = model;
      logger.info('RabbitMQ connected', { link: name });
      this.#markTried();
      this.#options.onUp?.(model);
    });
    connection.on('connect-failed', (error) => {
      this.#problem = error.message;
      failures += 1;
      logger.log(failures === 1 ? 'warn' : 'debug', 'RabbitMQ cannot be reached, trying on', { link: name, error });
      this.#markTried();
    });
    connection.on('disconnect', (error) => {
      this.#model = undefined;
      this.#blocked = false;
      this.#problem = error.message;
      logger.warn('RabbitMQ connection lost, reconnecting', { link: name, error });
    });
    connection.on('blocked', () => {
      this.#blocked = true;
    });
    connection.on('unblocked', () => {
      this.#blocked = false;
    });
    connection.on('error', (error) => logger.debug('RabbitMQ connection error', { link: name, error }));
    return connection;
  }

  async #setUp(model: ChannelModel): Promise<void> {
    // Without a listener an error that comes during set-up would end the process.
    model.on('error', (error) => this.#options.logger.debug('RabbitMQ error', { link: this.#options.name, error }));
    // A peer that fell silent never answers our FIN, and the socket would keep the process alive.
    model.once('close', () => setTimeout(() => destroySocket(model), LINGER_MS).unref());
    await this.#options.setup?.(model);
  }
}

/** amqplib takes the heartbeat from the URL only. @throws TypeError when it is no URL. */
export function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_S));
  return parsed.href;
}

function destroySocket({ connection }: ChannelModel): void {
  if ('stream' in connection && connection.stream instanceof Duplex) {
    connection.stream.destroy(new Error('The broker did not answer in time.'));
  }
}
