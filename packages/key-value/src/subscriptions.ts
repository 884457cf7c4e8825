import { guarded } from './guarded.ts';
import { createSequence, parseNumbered, type Sequence } from './sequence.ts';

export interface Subscription {
  /** Its own SUBSCRIBE is under way: until that has failed, nothing was missed. */
  pending: boolean;
  sequence: Sequence;
  onMessage: (message: string) => void;
  onGap: () => void;
}

/** Who listens to which channel of one connection. */
export interface Subscriptions {
  add(channel: string, onMessage: (message: string) => void, onGap: () => void): Subscription;
  /** True when it was the channel's last one. */
  remove(channel: string, subscription: Subscription): boolean;
  channels(): string[];
  /** Those that have stood, or should: a new connection means that they may have missed something. */
  standing(): Subscription[];
  deliver(channel: string, raw: string): void;
  tellGap(subscription: Subscription): void;
  clear(): void;
}

export function createSubscriptions(onError: (error: Error) => void): Subscriptions {
  const byChannel = new Map<string, Set<Subscription>>();
  return {
    add(channel, onMessage, onGap) {
      const subscription = { pending: true, sequence: createSequence(), onMessage, onGap };
      byChannel.set(channel, (byChannel.get(channel) ?? new Set()).add(subscription));
      return subscription;
    },
    remove(channel, subscription) {
      const all = byChannel.get(channel);
      if (all?.delete(subscription) !== true || all.size > 0) return false;
      return byChannel.delete(channel);
    },
    channels: () => [...byChannel.keys()],
    standing: () => [...byChannel.values()].flatMap((all) => [...all].filter(({ pending }) => !pending)),
    deliver(channel, raw) {
      const numbered = parseNumbered(raw);
      if (numbered === undefined) return;
      for (const subscription of byChannel.get(channel) ?? []) {
        if (subscription.sequence.isGap(numbered.number)) guarded(onError, subscription.onGap);
        guarded(onError, () => subscription.onMessage(numbered.message));
      }
    },
    tellGap(subscription) {
      subscription.sequence.reset();
      guarded(onError, subscription.onGap);
    },
    clear: () => byChannel.clear(),
  };
}
