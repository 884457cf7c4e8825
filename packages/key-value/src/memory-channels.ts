import { guarded } from './guarded.ts';

interface Listener {
  onMessage: (message: string) => void;
}

/** Publish/subscribe within the process. Nothing is ever missed, so nobody is told of a gap. */
export interface MemoryChannels {
  publish(channel: string, message: string): void;
  /** Returns what ends the subscription. */
  subscribe(channel: string, onMessage: (message: string) => void): () => void;
  clear(): void;
}

export function createMemoryChannels(onError: (error: Error) => void): MemoryChannels {
  const byChannel = new Map<string, Set<Listener>>();
  return {
    publish(channel, message) {
      for (const listener of byChannel.get(channel) ?? []) {
        // Later, as over a network: a publisher must not find itself inside its listeners.
        queueMicrotask(() => {
          if (byChannel.get(channel)?.has(listener) === true) guarded(onError, () => listener.onMessage(message));
        });
      }
    },
    subscribe(channel, onMessage) {
      const listener = { onMessage };
      const all = byChannel.get(channel) ?? new Set();
      byChannel.set(channel, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && byChannel.get(channel) === all) byChannel.delete(channel);
      };
    },
    clear: () => byChannel.clear(),
  };
}
