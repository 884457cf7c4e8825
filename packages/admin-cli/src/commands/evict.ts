import { withService } from '../service-client.ts';
import type { Terminal } from '../terminal.ts';

/** What l1-bridge says of tokens at an L1 that it has ended. */
export interface Evicted {
  actors: number;
  tokens: number;
  /** There are others. */
  more: boolean;
}

/** Ends what people have at an L1. The service ends some at a time, so that no answer takes long. @param first what has ended already */
export async function evictAll(
  terminal: Terminal,
  url: string,
  first: Evicted = { actors: 0, tokens: 0, more: true },
): Promise<{ actors: number; tokens: number }> {
  return await withService(terminal.env, 'l1-bridge', async (bridge) => {
    const all = { actors: first.actors, tokens: first.tokens };
    for (let { more } = first; more;) {
      const some = await bridge.post<Evicted>('/l1/evict', { url });
      all.actors += some.actors;
      all.tokens += some.tokens;
      ({ more } = some);
    }
    return all;
  });
}

export function endedWords({ actors, tokens }: { actors: number; tokens: number }): string {
  return `${tokens} tokens of ${actors} people are dead.`;
}
