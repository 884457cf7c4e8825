/** Which answers about actors were given before the actor changed. Moments are counted, not timed. */
export interface Freshness {
  /** To be taken before asking. */
  moment(): number;
  /** Whether what was asked at that moment may have changed since. */
  isStale(actorId: string, askedAt: number): boolean;
  changed(actorId: string): void;
  /** Anybody may have changed. */
  allChanged(): void;
}

/** Answers are kept for a minute, so this is far more than change meanwhile; beyond it all count as changed. */
const maxChanges = 10_000;

export function createFreshness(): Freshness {
  let clock = 1;
  let allChangedAt = 0;
  const changes = new Map<string, number>();
  const allChanged = (): void => {
    changes.clear();
    allChangedAt = clock;
    clock += 1;
  };
  return {
    moment: () => clock,
    isStale: (actorId, askedAt) => askedAt <= allChangedAt || askedAt <= (changes.get(actorId) ?? 0),
    changed(actorId) {
      if (changes.size >= maxChanges) allChanged();
      changes.set(actorId, clock);
      clock += 1;
    },
    allChanged,
  };
}
