import { AppError } from '@artdag/service-kit';

/** How many batches are under way in this process. */
export interface Places {
  /**
   * Takes one for an actor, to be given back.
   *
   * @throws AppError 429 `busy`
   */
  take(actorId: string): () => void;
}

export const maxBatches = 8;
export const maxBatchesPerActor = 2;

/** What a batch holds in memory is bounded, so their number bounds it all; nobody takes all places. */
export function createPlaces(): Places {
  const held = new Map<string, number>();
  let total = 0;
  return {
    take(actorId) {
      const own = held.get(actorId) ?? 0;
      if (own >= maxBatchesPerActor) throw busy(`You have ${own} batches under way; wait for one to end.`);
      if (total >= maxBatches) throw busy('Too many batches are under way; try again shortly.');
      held.set(actorId, own + 1);
      total += 1;
      return () => {
        total -= 1;
        const left = (held.get(actorId) ?? 1) - 1;
        if (left === 0) held.delete(actorId);
        else held.set(actorId, left);
      };
    },
  };
}

function busy(message: string): AppError {
  return new AppError('busy', 429, message, { headers: { 'retry-after': '5' } });
}
