import type { Unsubscribe } from './key-value-store.ts';
import type { RedisConnection } from './redis-connection.ts';
import { createSubscriptions, type Subscription } from './subscriptions.ts';

export interface SubscriberOptions {
  connection: RedisConnection;
  /** How often to ask whether the connection is still alive. */
  heartbeatMs: number;
  onError: (error: Error) => void;
}

export interface RedisSubscriber {
  subscribe(channel: string, onMessage: (message: string) => void, onGap: () => void): Promise<Unsubscribe>;
  close(): Promise<void>;
}

/** Keeps the subscriptions of one connection standing. Only after they stand again does it tell of a gap, so that none is between. */
export function createRedisSubscriber({ connection, heartbeatMs, onError }: SubscriberOptions): RedisSubscriber {
  const { redis } = connection;
  const subscriptions = createSubscriptions(onError);

  /** Only from `ready`: ioredis takes a disconnect in the middle of connecting for a final one. */
  function reconnect(): void {
    if (redis.status === 'ready') redis.disconnect(true);
  }

  async function resubscribe(): Promise<void> {
    // Taken before the answer: who subscribes meanwhile sends a SUBSCRIBE of its own and misses nothing.
    const missed = subscriptions.standing();
    if (missed.length === 0) return;
    try {
      await connection.run('SUBSCRIBE', (client) => client.subscribe(...subscriptions.channels()));
    } catch {
      reconnect();
      return;
    }
    for (const subscription of missed) subscriptions.tellGap(subscription);
  }

  async function stand(channel: string, subscription: Subscription): Promise<void> {
    try {
      await connection.run('SUBSCRIBE', (client) => client.subscribe(channel));
    } catch {
      // The next connection subscribes, and tells of the gap.
      reconnect();
    } finally {
      subscription.pending = false;
    }
  }

  redis.on('message', (channel: string, raw: string) => subscriptions.deliver(channel, raw));
  redis.on('ready', () => void resubscribe());
  const heartbeat = setInterval(() => {
    if (redis.status === 'ready') connection.run('PING', (client) => client.ping()).catch(reconnect);
  }, heartbeatMs).unref();

  return {
    async subscribe(channel, onMessage, onGap) {
      const subscription = subscriptions.add(channel, onMessage, onGap);
      await stand(channel, subscription);
      return async () => {
        if (!subscriptions.remove(channel, subscription)) return;
        await connection.run('UNSUBSCRIBE', (client) => client.unsubscribe(channel)).catch(() => undefined);
      };
    },
    async close() {
      clearInterval(heartbeat);
      subscriptions.clear();
      await connection.close();
    },
  };
}
