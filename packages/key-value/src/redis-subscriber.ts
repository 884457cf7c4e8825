import type { Unsubscribe } from './key-value-store.ts';
import type { RedisConnection } from './redis-connection.ts';
import { createSequence, parseNumbered, type Sequence } from './sequence.ts';

interface Subscription {
  /** Its own SUBSCRIBE is under way: until it has failed, nothing was missed. */
  pending: boolean;
  sequence: Sequence;
  onMessage: (message: string) => void;
  onGap: () => void;
}

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
export function createRedisSubscriber(o: SubscriberOptions): RedisSubscriber {
  const { redis } = o.connection;
  const channels = new Map<string, Set<Subscription>>();

  /** Only from `ready`: ioredis takes a disconnect in the middle of connecting for a final one. */
  function reconnect(): void {
    if (redis.status === 'ready') redis.disconnect(true);
  }

  function guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      o.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  function tellGap(subscription: Subscription): void {
    subscription.sequence.reset();
    guarded(subscription.onGap);
  }

  redis.on('message', (channel: string, raw: string) => {
    const numbered = parseNumbered(raw);
    if (numbered === undefined) return;
    for (const subscription of channels.get(channel) ?? []) {
      if (subscription.sequence.isGap(numbered.number)) guarded(subscription.onGap);
      guarded(() => subscription.onMessage(numbered.message));
    }
  });

  async function resubscribe(): Promise<void> {
    // Taken before the answer: who subscribes meanwhile sends a SUBSCRIBE of its own and misses nothing.
    const missed = [...channels.values()].flatMap((all) => [...all].filter((subscription) => !subscription.pending));
    if (missed.length === 0) return;
    try {
      await o.connection.run('SUBSCRIBE', (client) => client.subscribe(...channels.keys()));
    } catch {
      reconnect();
      return;
    }
    for (const subscription of missed) tellGap(subscription);
  }
  redis.on('ready', () => void resubscribe());

  const heartbeat = setInterval(() => {
    if (redis.status === 'ready') o.connection.run('PING', (client) => client.ping()).catch(reconnect);
  }, o.heartbeatMs).unref();

  async function stand(channel: string, subscription: Subscription): Promise<void> {
    try {
      await o.connection.run('SUBSCRIBE', (client) => client.subscribe(channel));
    } catch {
      // The next connection subscribes, and tells of the gap.
      reconnect();
    } finally {
      subscription.pending = false;
    }
  }

  async function remove(channel: string, subscription: Subscription): Promise<void> {
    const subscriptions = channels.get(channel);
    if (subscriptions?.delete(subscription) !== true || subscriptions.size > 0) return;
    channels.delete(channel);
    await o.connection.run('UNSUBSCRIBE', (client) => client.unsubscribe(channel)).catch(() => undefined);
  }

  return {
    async subscribe(channel, onMessage, onGap) {
      const subscription: Subscription = { pending: true, sequence: createSequence(), onMessage, onGap };
      const subscriptions = channels.get(channel) ?? new Set();
      channels.set(channel, subscriptions.add(subscription));
      await stand(channel, subscription);
      return () => remove(channel, subscription);
    },
    async close() {
      clearInterval(heartbeat);
      channels.clear();
      await o.connection.close();
    },
  };
}
