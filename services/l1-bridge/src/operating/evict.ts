import type { ActorCache } from '../auth/actor-cache.ts';
import type { AskAuth } from '../auth/ask-auth.ts';
import type { Detachment } from '../renderers/attachment.ts';
import type { EndReason } from '../revocations/end-reason.ts';

export interface EvictDeps {
  auth: Pick<AskAuth, 'holders' | 'end'>;
  actors: Pick<ActorCache, 'get'>;
  renderers: { detach(detachment: Detachment): Promise<boolean> };
}

export interface Evicted {
  actors: number;
  tokens: number;
  /** There were more than one call takes: call again. */
  more: boolean;
}

/** With auth's store away each round takes five seconds, and whoever asked waits for all of them. */
const perCall = 40;
const perRound = 10;

/** Ends what people have at an L1, so many people at a time. No replica accepts their tokens once this resolves. */
export async function evict(deps: EvictDeps, url: string, reason: EndReason): Promise<Evicted> {
  const holders = await deps.auth.holders(url, perCall);
  let tokens = 0;
  for (let at = 0; at < holders.length; at += perRound) {
    const round = holders.slice(at, at + perRound).map((actorId) => evictOne(deps, { url, actorId, reason }));
    for (const ended of await Promise.all(round)) tokens += ended;
  }
  return { actors: holders.length, tokens, more: holders.length === perCall };
}

async function evictOne(
  { auth, actors, renderers }: EvictDeps,
  { url, actorId, reason }: { url: string; actorId: string; reason: EndReason },
): Promise<number> {
  const ended = await auth.end({ actorId, l1Server: url, reason });
  const actor = await actors.get(actorId);
  await renderers.detach({ actorId, username: actor?.username ?? actorId, l1Url: url, jti: null, reason, ended });
  return ended.length;
}
